export { generateFiles } from './generate.ts';
export { listBoards } from './list-boards.ts';
