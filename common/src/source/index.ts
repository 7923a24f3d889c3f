export { readFolder, type SourceFile } from './read-folder.ts';
