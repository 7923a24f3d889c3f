import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

import { type DestinationStream, pino } from 'pino';

const STDOUT = 1;
/** Most bytes of lines that wait for a slow reader; what comes then is lost. */
const MAX_WAITING_BYTES = 1024 * 1024;

/**
 * Standard output for a program's own lines. pino waits in a loop for the reader of a full pipe, and with it the
 * whole program, even its end; here lines wait instead.
 */
export function stdoutDestination(): DestinationStream {
  const found = fstatSync(STDOUT);
  return found.isFIFO() || found.isSocket() ? pipeDestination(process.stdout) : pino.destination(STDOUT);
}

/** A pipe or socket as Node writes to it: at once where there is room, and later without waiting where not. */
export function pipeDestination(stream: Writable): DestinationStream {
  if (!stream.listeners('error').includes(ignoreGoneReader)) stream.on('error', ignoreGoneReader);
  return {
    write: (line) => {
      if (stream.writableLength < MAX_WAITING_BYTES) stream.write(line);
    },
  };
}

/** A reader that went away must not end the program: its lines have nowhere to go. One listener serves all logs of a stream. */
function ignoreGoneReader(): void {}
