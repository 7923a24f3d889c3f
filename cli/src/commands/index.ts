export { loadCommands } from './load-commands.ts';
