import { printable } from '@paymesh/common/printable';

import { EXIT } from './exit.ts';

/** True where colour helps: a terminal, and nobody said NO_COLOR. */
export function wantsColor(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY && !env['NO_COLOR'];
}

/** A reader that has enough (`| head`) ends no command: its exit code stays what was found. A disk that is full does. */
export function surviveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout) printError(`paymesh: cannot write the output: ${error.message}`);
      process.exit(EXIT.failed);
    });
  }
}

/** Writes a result to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes progress or an error to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns padded to their widest cell, two spaces apart; the first row is the heading. Nothing in a cell steers the terminal. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
