import { fstatSync, write } from 'node:fs';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';

import { MAX_LINE_BYTES } from '../record.ts';
import type { LineSink, LineTarget } from './line-sink.ts';
import { createQueuedSink, type QueuedSinkOptions } from './queued-sink.ts';

const STDOUT = 1;
const writeTo = promisify(write);

/** Lines to standard output, beside those of the program's own log; whole ones, also in a pipe. */
export function createStdoutSink(options: Omit<QueuedSinkOptions, 'target'>): LineSink {
  const found = fstatSync(STDOUT);
  const isStream = found.isFIFO() || found.isSocket() || process.stdout.isTTY;
  const target = isStream ? streamTarget(process.stdout) : descriptorTarget(STDOUT);
  return { ...createQueuedSink({ ...options, target }), onRotated: () => undefined };
}

/** A pipe or socket: Node writes to it without waiting, and calls back when its reader took it. */
export function streamTarget(stream: Writable): LineTarget {
  // A reader that went away is told of by the callback; without a listener it would end the process too.
  stream.on('error', () => undefined);
  return {
    maxWriteBytes: MAX_LINE_BYTES,
    ready: async () => 'same',
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve(bytes.byteLength)));
      }),
    close: async () => undefined,
  };
}

/** A file: the stream of Node would write to it on the main thread. */
function descriptorTarget(descriptor: number): LineTarget {
  return {
    maxWriteBytes: MAX_LINE_BYTES,
    ready: async () => 'same',
    write: async (bytes) => (await writeTo(descriptor, bytes)).bytesWritten,
    close: async () => undefined,
  };
}
