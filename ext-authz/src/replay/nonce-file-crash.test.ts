import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { HEADER_BYTES, RECORD_BYTES } from './nonce-file-format.ts';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../../dist/replay/testing/claim-child.js');
const LONG_MS = 600_000;

interface Child {
  readonly process: ChildProcess;
  /** What it was told of at its start. */
  readonly troubles: string;
  /** Sends the keys at once. */
  send(keys: readonly string[]): void;
  /** The next answers, so many; fewer when it ends before. */
  take(count: number): Promise<readonly string[]>;
  kill(): Promise<void>;
}

describe('a process with a nonce file', () => {
  let folder: string;
  let path: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymesh-nonces-'));
    path = join(folder, 'nonces');
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** `limit`: a shell command before it starts. */
  async function start(ttlMs: number, limit = ':'): Promise<Child> {
    const command = `${limit}; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, PROGRAM, path, String(ttlMs)];
    const child = spawn('/bin/sh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    const errors: string[] = [];
    child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
    child.stdin.on('error', () => undefined);
    const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[
      Symbol.asyncIterator
    ]();
    const first = await lines.next();
    if (first.done === true) throw new Error(errors.join(''));
    return {
      process: child,
      troubles: first.value,
      send: (keys) => void child.stdin.write(keys.map((key) => `${key}\n`).join('')),
      take: async (count) => {
        const taken: string[] = [];
        while (taken.length < count) {
          const line = await lines.next();
          if (line.done === true) break;
          taken.push(line.value);
        }
        return taken;
      },
      kill: () => end(child),
    };
  }

  test.each([1, 500, 3_000])(
    'is killed after %i answers of a stream: what it answered is refused after the restart',
    async (answers) => {
      const keys = Array.from({ length: 20_000 }, (_, index) => `key ${index}`);
      const first = await start(LONG_MS);
      first.send(keys);
      const claims = [...(await first.take(answers))];
      await first.kill();
      // What it said before it died counts, also where nobody had read it yet.
      claims.push(...(await first.take(keys.length)));
      expect(new Set(claims)).toEqual(new Set(['fresh']));

      const second = await start(LONG_MS);
      expect(second.troubles).toBe('[]');
      second.send(keys.slice(0, claims.length));
      expect(new Set(await second.take(claims.length))).toEqual(new Set(['replayed']));
      second.send(['another']);
      expect(await second.take(1)).toEqual(['fresh']);
    },
  );

  test('keeps a second process away as long as it lives, and no longer', async () => {
    const first = await start(LONG_MS);
    await expect(start(LONG_MS)).rejects.toThrow('each replica needs a file of its own');
    first.process.kill('SIGSTOP');
    await expect(start(LONG_MS)).rejects.toThrow('each replica needs a file of its own');
    await first.kill();
    const second = await start(LONG_MS);
    second.send(['a']);
    expect(await second.take(1)).toEqual(['fresh']);
  });

  test('of ten that start at once where one was killed, one gets the file', async () => {
    await (await start(LONG_MS)).kill();
    const started = await Promise.allSettled(Array.from({ length: 10 }, () => start(LONG_MS)));
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('with a full disk refuses new nonces, keeps the old, and takes new ones where old ones end', async () => {
    // A file of at most 4 blocks of 512 bytes, and an error instead of a signal beyond.
    const child = await start(3_000, 'trap "" XFSZ; ulimit -f 4');
    const fits = (4 * 512 - HEADER_BYTES) / RECORD_BYTES;
    const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
    child.send(keys);
    const claims = await child.take(keys.length);
    expect(claims.slice(0, fits)).toEqual(Array.from({ length: fits }, () => 'fresh'));
    expect(new Set(claims.slice(fits))).toEqual(new Set(['unavailable']));
    child.send(keys.slice(0, fits));
    expect(new Set(await child.take(fits))).toEqual(new Set(['replayed']));
    let claim = 'unavailable';
    for (let index = 0; claim === 'unavailable' && index < 1_000_000; index += 1) {
      child.send([`later ${index}`]);
      [claim = 'ended'] = await child.take(1);
    }
    expect(claim).toBe('fresh');
    expect(statSync(path).size).toBe(4 * 512);
  });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
