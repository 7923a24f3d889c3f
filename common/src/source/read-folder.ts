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

/** All that was found in a folder and the folders below it. */
export interface FolderContent {
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  /** The folder itself and those below it that were looked into. */
  readonly folders: readonly string[];
}

/** Reads the .yaml and .yml files of a folder and of those below it, sorted by path. Rejects when a bound is passed. */
export async function readFolder(dir: string): Promise<readonly SourceFile[]> {
  return (await readContent(dir)).files;
}

/** As readFolder, with the folders that a watcher must watch. */
export async function readContent(dir: string): Promise<FolderContent> {
  const found = { paths: [] as string[], folders: [] as string[] };
  await walk(dir, 0, found);
  const files: SourceFile[] = [];
  let totalBytes = 0;
  for (const path of found.paths.sort()) {
    const text = await readText(path);
    if (text === undefined) continue;
    totalBytes += text.length;
    if (totalBytes > MAX_TOTAL_BYTES)
      throw new Error(`${dir} holds more than ${MAX_TOTAL_BYTES} bytes of YAML`);
    files.push({ path, text });
  }
  return { files, folders: found.folders };
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

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES)
      throw new Error(`${path} has ${size} bytes; at most ${MAX_FILE_BYTES} are read`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
