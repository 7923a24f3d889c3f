export type { SourceFile } from './folder-files.ts';
export { readFolder } from './read-folder.ts';
export { type FolderWatch, type WatchFolderOptions, watchFolder } from './watch-folder.ts';
