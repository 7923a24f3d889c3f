export { type BoardText, boardText } from './board-text.ts';
export { generateFiles } from './generate.ts';
export { listBoards } from './list-boards.ts';
export { RUNBOOKS } from './rules/to-prometheus.ts';
