export type { SourceFile } from './folder-files.ts';
export { keepUnchanged } from './keep-unchanged.ts';
export { readFolder } from './read-folder.ts';
export { type FolderWatch, type WatchFolderOptions, watchFolder } from './watch-folder.ts';
