import { CommanderError } from 'commander';

import { CommandError, EXIT, printError } from './output/index.ts';
import { buildProgram } from './program.ts';

/** Commander's own codes that are not a mistake of the user. */
const HARMLESS = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

try {
  await buildProgram(process.env).parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message already.
    return HARMLESS.has(error.code) ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof CommandError) {
    printError(`paymesh: ${error.message}`);
    return error.exitCode;
  }
  printError(`paymesh: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.failed;
}
