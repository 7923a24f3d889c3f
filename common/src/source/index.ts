export { readFolder, type SourceFile } from './read-folder.ts';
export { type FolderWatch, type WatchFolderOptions, watchFolder } from './watch-folder.ts';
