import { listFolder, readFiles, type SourceFile } from './folder-files.ts';
import { isSameMoment, stampFolder } from './folder-stamps.ts';

/** A folder that changes without end is taken as it was found after so many reads. */
export const MAX_READS = 20;

/**
 * Reads the .yaml and .yml files of a folder and of those below it, sorted by path, as they stood together at one
 * moment: files of two versions of a set are no set. Rejects when a bound is passed.
 */
export async function readFolder(dir: string): Promise<readonly SourceFile[]> {
  for (let reads = 1; ; reads++) {
    const list = await listFolder(dir);
    const before = await stampFolder(list);
    const files = await readFiles(dir, list);
    if (reads === MAX_READS || isSameMoment(before, await stampFolder(await listFolder(dir)))) return files;
  }
}
