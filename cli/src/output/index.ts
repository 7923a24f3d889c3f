export { CommandError, EXIT } from './exit.ts';
export { createProgressLine } from './progress.ts';
export { print, printError, table, wantsColor } from './terminal.ts';
