export { CommandError, EXIT } from './exit.ts';
export { print, printError, table, wantsColor } from './terminal.ts';
