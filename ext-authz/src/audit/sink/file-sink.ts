import { errorCode } from '../error-code.ts';
import { createFileTarget } from './file-target.ts';
import type { LineSink } from './line-sink.ts';
import { createQueuedSink, type QueuedSinkOptions } from './queued-sink.ts';

export interface FileSinkOptions extends Omit<QueuedSinkOptions, 'target'> {
  /** A file, made with mode 600 when it is not there, or a FIFO. */
  readonly path: string;
}

/** Appends lines to a file. Rejects when it cannot be opened; a FIFO that nobody reads yet is waited for. */
export async function openFileSink({ path, ...options }: FileSinkOptions): Promise<LineSink> {
  const listeners: (() => void)[] = [];
  const onRotated = (): void => {
    for (const listener of listeners) listener();
  };
  const target = createFileTarget({ path, onRotated });
  try {
    await target.ready();
  } catch (error) {
    if (errorCode(error) !== 'ENXIO') throw error;
  }
  return {
    ...createQueuedSink({ ...options, target }),
    onRotated: (listener) => void listeners.push(listener),
  };
}
