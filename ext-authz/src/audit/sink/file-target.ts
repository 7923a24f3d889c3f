import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

import { errorCode } from '../error-code.ts';
import { MAX_LINE_BYTES } from '../record.ts';
import type { LineTarget } from './line-sink.ts';

export interface FileTargetOptions {
  readonly path: string;
  /** Lines go to another file from now on: it was moved away, or removed. */
  readonly onRotated: () => void;
}

/** Most bytes of one write to a file. */
const MAX_WRITE_BYTES = 64 * 1024;
/** The name is looked up at most so often, in milliseconds, to see whether it is still the same file. */
const LOOK_MS = 1_000;
/** Payment data: nobody but the owner of the process may read it. */
const MODE = 0o600;
/**
 * Without O_NONBLOCK a FIFO without a reader would hold a thread for ever, when it is opened and when it is full,
 * and the process could not even end. Files do not care.
 */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

interface Opened {
  readonly handle: FileHandle;
  readonly identity: string;
  readonly isPipe: boolean;
}

/** A file or FIFO that is appended to, opened again by its name once that is another file (as logrotate does). */
export function createFileTarget({ path, onRotated }: FileTargetOptions): LineTarget {
  let opened: Opened | undefined;
  let lastIdentity: string | undefined;
  let lookedMs = 0;

  async function isStillThere({ identity }: Opened): Promise<boolean> {
    if (performance.now() - lookedMs < LOOK_MS) return true;
    lookedMs = performance.now();
    return (await identityOf(path)) === identity;
  }

  async function shut(): Promise<void> {
    const { handle } = opened ?? {};
    opened = undefined;
    await handle?.close();
  }

  return {
    get maxWriteBytes() {
      // A pipe takes so much whole or not at all: lines of others do not get between.
      return opened?.isPipe === false ? MAX_WRITE_BYTES : MAX_LINE_BYTES;
    },
    ready: async () => {
      if (opened !== undefined && (await isStillThere(opened))) return 'same';
      await shut();
      opened = await openAppend(path);
      const isOther = lastIdentity !== undefined && lastIdentity !== opened.identity;
      lastIdentity = opened.identity;
      lookedMs = performance.now();
      if (!isOther) return 'same';
      onRotated();
      return 'other';
    },
    write: async (bytes) => {
      try {
        const result = await opened?.handle.write(bytes);
        return result?.bytesWritten ?? 0;
      } catch (error) {
        if (errorCode(error) === 'EAGAIN') return 0;
        // Whatever it was, opening again is part of trying again.
        await shut();
        throw error;
      }
    },
    close: shut,
  };
}

async function openAppend(path: string): Promise<Opened> {
  const handle = await open(path, FLAGS, MODE);
  const found = await handle.stat();
  return { handle, identity: `${found.dev}:${found.ino}`, isPipe: !found.isFile() };
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    // Gone or out of reach: opening it again makes it, or says what is wrong.
    return undefined;
  }
}
