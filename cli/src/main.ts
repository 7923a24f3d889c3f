import { CommanderError } from 'commander';

import { CommandError, EXIT, printError, surviveReaders } from './output/index.ts';
import { buildProgram } from './program.ts';

surviveReaders();
try {
  const program = await buildProgram(process.env, process.argv[2]);
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its message, or the help that was asked for, already.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof CommandError) {
    printError(`paymesh: ${error.message}`);
    return error.exitCode;
  }
  if (isRefusedBySystem(error)) {
    printError(`paymesh: ${error.message}`);
    return EXIT.failed;
  }
  printError(`paymesh: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.failed;
}

/** A file that is missing or may not be written, a port that is busy: the message names it, a stack would not help. */
function isRefusedBySystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
