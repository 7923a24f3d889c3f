import { stat } from 'node:fs/promises';

import { type FolderList, isGone } from './folder-files.ts';

/** Within this time a file may be written again without the clock of its file system moving on. */
const FRESH_MS = 1_000;

/** What the file system says of a path without its being read. */
export interface Stamp {
  /** Inode, size and time of change. */
  readonly text: string;
  /** The change was so recent that another one could leave the same text. */
  readonly isFresh: boolean;
}

/** A stamp for each file and folder of a list that is still there. */
export type Stamps = ReadonlyMap<string, Stamp>;

/** Looks at all files and folders of a list. */
export async function stampFolder({ paths, folders }: FolderList): Promise<Stamps> {
  const stamps = await Promise.all([...folders, ...paths].map(stampOf));
  return new Map(stamps.filter((entry) => entry !== undefined));
}

/** True when nothing has changed from the one look to the other, as far as stamps can tell. */
export function isUnchanged(before: Stamps, now: Stamps): boolean {
  return before.size === now.size && [...now.keys()].every((path) => isUnchangedPath(path, before, now));
}

/** True when both looks, one right before and one right after the files were read, saw the same files. */
export function isSameMoment(before: Stamps, after: Stamps): boolean {
  return (
    before.size === after.size && [...after].every(([path, { text }]) => before.get(path)?.text === text)
  );
}

/** True when this path has not changed from the one look to the other. */
export function isUnchangedPath(path: string, before: Stamps, now: Stamps): boolean {
  const old = before.get(path);
  return old !== undefined && !old.isFresh && old.text === now.get(path)?.text;
}

async function stampOf(path: string): Promise<readonly [string, Stamp] | undefined> {
  try {
    const { ino, size, ctimeMs } = await stat(path);
    return [path, { text: `${ino} ${size} ${ctimeMs}`, isFresh: ctimeMs > Date.now() - FRESH_MS }];
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
