export { CommandError, EXIT } from './exit.ts';
export { createProgressLine } from './progress.ts';
export { print, printError, surviveReaders, table, wantsColor } from './terminal.ts';
