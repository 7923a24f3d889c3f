import type { SourceFile } from './folder-files.ts';

/** The new set with the old objects of files that have not changed, so that their readers may know them. */
export function keepUnchanged(
  files: readonly SourceFile[],
  before: readonly SourceFile[] = [],
): readonly SourceFile[] {
  const known = new Map(before.map((file) => [file.path, file]));
  return files.map((file) => {
    const old = known.get(file.path);
    return old?.text === file.text ? old : file;
  });
}
