import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bounds on a folder, so that a wrong path (`/`) ends with a sentence and not with all memory in use. */
const MAX_FILES = 10_000;
const MAX_FOLDERS = 10_000;
const MAX_DEPTH = 16;
const MAX_FILE_BYTES = 1_048_576;
const MAX_TOTAL_BYTES = 134_217_728;

/** A file of a folder of policies; `path` begins with the folder as its user typed it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What there is to read in a folder. Names that begin with a dot are left out. */
export interface FolderList {
  /** YAML files, sorted. */
  readonly paths: readonly string[];
  /** The folder itself and those below it that were looked into. */
  readonly folders: readonly string[];
}

/** Finds the YAML files of a folder and of those below it. */
export async function listFolder(dir: string): Promise<FolderList> {
  const found = { paths: [] as string[], folders: [] as string[] };
  await walk(dir, 0, found);
  found.paths.sort();
  return found;
}

/** Reads listed files but those that are known; one that is gone by now is left out. */
export async function readFiles(
  dir: string,
  { paths }: FolderList,
  known: ReadonlyMap<string, SourceFile> = new Map(),
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  let totalBytes = 0;
  for (const path of paths) {
    const file = known.get(path) ?? (await readSource(path));
    if (file === undefined) continue;
    totalBytes += file.text.length;
    if (totalBytes > MAX_TOTAL_BYTES)
      throw new Error(`${dir} holds more than ${MAX_TOTAL_BYTES} bytes of YAML`);
    files.push(file);
  }
  return files;
}

async function walk(
  dir: string,
  depth: number,
  found: { readonly paths: string[]; readonly folders: string[] },
): Promise<void> {
  if (depth > MAX_DEPTH) throw new Error(`${dir} is nested deeper than ${MAX_DEPTH} folders`);
  if (found.folders.push(dir) > MAX_FOLDERS) throw new Error(`more than ${MAX_FOLDERS} folders at ${dir}`);
  for (const entry of await entriesOf(dir, depth)) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (await isFolder(entry, path)) await walk(path, depth + 1, found);
    else if (/\.ya?ml$/.test(entry.name) && found.paths.push(path) > MAX_FILES) {
      throw new Error(`more than ${MAX_FILES} YAML files at ${dir}`);
    }
  }
}

async function entriesOf(dir: string, depth: number): Promise<readonly Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    // A folder below may go between being listed and being read; the folder itself must be there.
    if (depth > 0 && isGone(error)) return [];
    throw error;
  }
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    // A link to nothing is read as a file, and then found to be gone.
    if (isGone(error)) return false;
    throw error;
  }
}

async function readSource(path: string): Promise<SourceFile | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES)
      throw new Error(`${path} has ${size} bytes; at most ${MAX_FILE_BYTES} are read`);
    return { path, text: textOf(path, await readFile(path)) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Bytes that are no text would be read as something that nobody wrote. */
function textOf(path: string, bytes: Buffer): string {
  const end = bytes.indexOf(0);
  if (end >= 0) throw new Error(`${path}:${lineAt(bytes, end)} holds a NUL byte; expected text`);
  if (!isUtf8(bytes)) throw new Error(`${path} is not UTF-8; expected text in it`);
  return bytes.toString('utf8');
}

function lineAt(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).toString('latin1').split('\n').length;
}

/** True when a path is no longer there. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
