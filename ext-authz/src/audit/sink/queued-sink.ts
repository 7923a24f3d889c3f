import { setTimeout as pause } from 'node:timers/promises';

import { errorCode } from '../error-code.ts';
import { MAX_LINE_BYTES } from '../record.ts';
import { createLineQueue } from './line-queue.ts';
import type { LineSink, LineTarget } from './line-sink.ts';

export interface QueuedSinkOptions {
  readonly target: LineTarget;
  /** Most bytes that wait to be written. Default 4 MiB. */
  readonly maxQueueBytes?: number | undefined;
  /** Longest wait of `close`, in milliseconds. Default 1 000. */
  readonly flushMs?: number | undefined;
  /** Told when writing begins to fail, with the code, and when it works again, with undefined. */
  readonly onTrouble: (code: string | undefined) => void;
}

const MAX_QUEUE_BYTES = 4 * 1024 * 1024;
const FLUSH_MS = 1_000;
/** Pauses before the next try: when the reader is slow, and when writing failed. */
const SLOW_MS = 50;
const FAILED_MS = 500;
/** A target is looked at so often though nothing is to be written: its file may have been moved away. */
const LOOK_MS = 1_000;

/** A sink with a bounded queue before a target that may be slow, full or gone. Lines stay whole and in order. */
export function createQueuedSink(options: QueuedSinkOptions): Omit<LineSink, 'onRotated'> {
  const { target, onTrouble, maxQueueBytes = MAX_QUEUE_BYTES, flushMs = FLUSH_MS } = options;
  const queue = createLineQueue();
  let trouble: string | undefined;
  let work: Promise<void> | undefined;
  let isClosed = false;

  function wake(): void {
    work ??= pump().finally(() => {
      work = undefined;
      // Pushed after the last look of the pump.
      if (queue.lines > 0 && !isClosed) wake();
    });
  }

  async function drain(): Promise<void> {
    if (work === undefined) return;
    await work;
    await drain();
  }

  async function pump(): Promise<void> {
    for (;;) {
      const waitMs = await step();
      if (isClosed || waitMs === undefined) return;
      if (waitMs > 0) await pause(waitMs, undefined, { ref: false });
    }
  }

  /** One write; how long to wait before the next, undefined when there is nothing to write. */
  async function step(): Promise<number | undefined> {
    try {
      if ((await target.ready()) === 'other') queue.rewind();
      const bytes = queue.next(target.maxWriteBytes);
      const written = bytes === undefined ? 0 : await target.write(bytes);
      queue.advance(written);
      tell(undefined);
      if (queue.lines === 0) return undefined;
      return written === 0 ? SLOW_MS : 0;
    } catch (error) {
      tell(errorCode(error));
      return FAILED_MS;
    }
  }

  function tell(code: string | undefined): void {
    if (code === trouble) return;
    trouble = code;
    onTrouble(code);
  }

  const looking = setInterval(wake, LOOK_MS).unref();
  return {
    refusal: () => {
      if (!isClosed && queue.bytes + MAX_LINE_BYTES <= maxQueueBytes) return undefined;
      return causeOf(trouble);
    },
    push: (line) => {
      queue.push(line);
      wake();
    },
    close: async () => {
      clearInterval(looking);
      const timeout = new AbortController();
      // A write may never end, and so its end is not waited for.
      await Promise.race([
        drain(),
        pause(flushMs, undefined, { signal: timeout.signal }).catch(() => undefined),
      ]);
      timeout.abort();
      isClosed = true;
      await Promise.race([target.close().catch((error: unknown) => tell(errorCode(error))), pause(SLOW_MS)]);
      return { lines: queue.lines, cause: causeOf(trouble) };
    },
  };
}

function causeOf(trouble: string | undefined): 'write_error' | 'queue_full' {
  return trouble === undefined ? 'queue_full' : 'write_error';
}
