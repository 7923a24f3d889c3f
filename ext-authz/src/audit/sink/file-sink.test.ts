import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type FileSinkOptions, openFileSink } from './file-sink.ts';

let folder: string;
let path: string;
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-audit-'));
  path = join(folder, 'audit.log');
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openSink(change: Partial<FileSinkOptions> = {}) {
  const troubles: (string | undefined)[] = [];
  const sink = await openFileSink({ path, onTrouble: (code) => troubles.push(code), ...change });
  cleanups.push(() => sink.close());
  /** Pushes until the sink has no more room; gives how many lines it took. */
  const fill = (most = 1_000_000): number => {
    let taken = 0;
    while (taken < most && sink.refusal() === undefined) {
      sink.push(`line ${taken} `.padEnd(1_000, '.'));
      taken += 1;
    }
    return taken;
  };
  return { sink, troubles, fill };
}

describe('a file', () => {
  test('is made for its owner only, and gets lines whole and in order', async () => {
    const { sink } = await openSink();
    for (let index = 0; index < 5_000; index += 1) sink.push(`line ${index}`);
    expect(await sink.close()).toMatchObject({ lines: 0 });
    const text = await readFile(path, 'utf8');
    expect(text).toBe(Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`).join(''));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('that is there is appended to', async () => {
    await writeFile(path, 'before\n');
    const { sink } = await openSink();
    sink.push('after');
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('before\nafter\n');
  });

  test.each([
    ['moved away', (from: string) => rename(from, `${from}.1`)],
    [
      'moved away, with a new one made in its place',
      async (from: string) => {
        await rename(from, `${from}.1`);
        await writeFile(from, '');
        await chmod(from, 0o640);
      },
    ],
  ])('is opened again once it was %s', async (_name, rotate) => {
    const { sink } = await openSink();
    let rotations = 0;
    sink.onRotated(() => {
      rotations += 1;
    });
    sink.push('old');
    await eventually(async () => expect(await readFile(path, 'utf8')).toBe('old\n'));
    await rotate(path);
    await eventually(() => expect(rotations).toBe(1));
    sink.push('new');
    await eventually(async () => expect(await readFile(path, 'utf8')).toBe('new\n'));
    expect(await readFile(`${path}.1`, 'utf8')).toBe('old\n');
  });

  test('that cannot be made is told of at once', async () => {
    await expect(openSink({ path: join(folder, 'none', 'audit.log') })).rejects.toThrow('ENOENT');
    await expect(openSink({ path: folder })).rejects.toThrow('EISDIR');
  });
});

describe('a full disk', () => {
  test('stops nothing: lines wait, then are refused as not writable, and closing takes no long', async () => {
    const { sink, troubles, fill } = await openSink({
      path: '/dev/full',
      maxQueueBytes: 100_000,
      flushMs: 100,
    });
    expect(fill()).toBeLessThan(100);
    await eventually(() => expect(sink.refusal()).toBe('write_error'));
    expect(troubles).toEqual(['ENOSPC']);
    const startedMs = performance.now();
    const lost = await sink.close();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(lost.cause).toBe('write_error');
    expect(lost.lines).toBeGreaterThan(90);
  });
});

describe('a FIFO', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [path]);
  });

  test('that nobody reads is waited for, and then gets what waited', async () => {
    const { sink, troubles } = await openSink();
    sink.push('first');
    await eventually(() => expect(troubles).toEqual(['ENXIO']));
    const reader = spawn('head', ['-n', '1', path], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(String((await reader.stdout.toArray())[0])).toBe('first\n');
    await eventually(() => expect(troubles).toEqual(['ENXIO', undefined]));
  });

  test('whose reader stands still stops nothing: lines wait, then are refused, and closing takes no long', async () => {
    const reader = await open(path, 'r+');
    cleanups.push(() => reader.close());
    const { sink, troubles, fill } = await openSink({ maxQueueBytes: 100_000, flushMs: 100 });
    // The pipe itself holds 64 KiB, and the queue 100 kB.
    await eventually(() => {
      fill();
      expect(sink.refusal()).toBe('queue_full');
    });
    expect(troubles).toEqual([]);
    const startedMs = performance.now();
    expect(await sink.close()).toMatchObject({ cause: 'queue_full' });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  test('whose reader goes on gets every line that was taken, whole', async () => {
    const { sink, fill } = await openSink({ maxQueueBytes: 200_000, flushMs: 5_000 });
    const taken = fill();
    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const read = reader.stdout.toArray();
    await sink.close();
    const lines = Buffer.concat((await read) as Buffer[])
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => line.split(' .')[0])).toEqual(
      Array.from({ length: taken }, (_, index) => `line ${index}`),
    );
  });

  test('whose reader went away is written again for the next', async () => {
    const { sink, troubles } = await openSink();
    const first = spawn('head', ['-n', '1', path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(first, 'exit');
    sink.push('one');
    await first.stdout.toArray();
    // Its end of the FIFO is the last that it closes: a line before that is written, and read by nobody.
    await ended;
    const before = troubles.length;
    sink.push('two');
    await eventually(() =>
      expect(troubles.slice(before).filter((code) => code !== undefined)).not.toEqual([]),
    );
    const second = spawn('head', ['-n', '1', path], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(String((await second.stdout.toArray())[0])).toBe('two\n');
  });
});
