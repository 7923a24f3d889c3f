import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open as openOnDisk } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import type { Meter } from '../algorithm/index.ts';
import type { CounterFileOptions } from './counter-file.ts';
import { HEADER_BYTES, RECORD_BYTES } from './counter-file-format.ts';
import { openKeptStore } from './embedded-store.ts';
import { readCounters } from './read-counters.ts';
import { countsOf, describeStore, NOW, take } from './store.contract.ts';
import type { CounterStore } from './types.ts';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../../dist/store/testing/count-child.js');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let path: string;
let store: CounterStore | undefined;
const told: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-counters-'));
  path = join(folder, 'counters');
  told.length = 0;
});

afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  options: Partial<CounterFileOptions> & { maxCounters?: number } = {},
): Promise<CounterStore> {
  store = await openKeptStore({
    path,
    nowMs: NOW,
    onLost: (counters) => told.push(`lost ${counters}`),
    onChange: (isKept, reason) => told.push(isKept ? 'kept' : `not kept: ${reason}`),
    ...options,
  });
  return store;
}

async function reopen(options: Partial<CounterFileOptions> & { maxCounters?: number } = {}) {
  await close();
  return open(options);
}

async function close(): Promise<void> {
  await store?.close();
  store = undefined;
}

function window(lengthMs: number): Meter {
  return { kind: 'window', startMs: NOW, endMs: NOW + lengthMs };
}

const day = (key: string, hits = 1) => take(key, { meter: window(DAY_MS), hits });

/** Counts 1 for k0, 2 for k1 and so on, and closes. */
async function fill(count: number): Promise<void> {
  const filled = await open();
  for (let index = 0; index < count; index += 1) await countsOf(filled, [day(`k${index}`, index + 1)], NOW);
  await close();
}

function countsIn(of: CounterStore, count: number, nowMs = NOW) {
  return countsOf(
    of,
    Array.from({ length: count }, (_, index) => day(`k${index}`, 0)),
    nowMs,
  );
}

/** Changes a byte of the file. */
function spoil(at: number): void {
  const content = readFileSync(path);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  writeFileSync(path, content);
}

const recordAt = (index: number) => HEADER_BYTES + index * RECORD_BYTES;

describeStore('the embedded store with a file', () => {
  const own = mkdtempSync(join(tmpdir(), 'paymesh-counters-'));
  const options = { nowMs: NOW, onLost: () => undefined, onChange: () => undefined };
  return openKeptStore({ path: join(own, 'counters'), ...options }).then((kept) => ({
    take: (takes, nowMs) => kept.take(takes, nowMs),
    close: async () => {
      await kept.close();
      rmSync(own, { recursive: true, force: true });
    },
  }));
});

describe('the embedded store with a file', () => {
  test('goes on with the count of a day, and forgets windows that ended and short ones', async () => {
    const takes = [
      day('a', 3),
      take('b', { meter: window(HOUR_MS), hits: 2 }),
      take('c', { meter: window(60_000) }),
    ];
    expect(await countsOf(await open(), takes, NOW)).toEqual([3, 2, 1]);
    expect(await countsOf(await reopen(), takes, NOW)).toEqual([6, 4, 1]);
    const laterMs = NOW + 2 * HOUR_MS;
    expect(await countsOf(await reopen({ nowMs: laterMs }), [day('a', 1)], laterMs)).toEqual([7]);
    await close();
    expect(statSync(path)).toMatchObject({ size: HEADER_BYTES + 2 * RECORD_BYTES });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(told).toEqual([]);
  });

  test.each<[string, Meter]>([
    ['a sliding window', { kind: 'sliding', lengthMs: HOUR_MS }],
    ['a bucket', { kind: 'bucket', periodMs: HOUR_MS, burst: 10 }],
    ['what is under way', { kind: 'concurrency', holdMs: HOUR_MS }],
  ])('keeps %s as it was', async (_, meter) => {
    const hit = take('a', { meter, limit: 10, hits: 3 });
    await (await open()).take([hit], NOW);
    await (await reopen()).take([{ ...hit, hits: 1 }], NOW + 1);
    const taken = await (await reopen()).take([{ ...hit, hits: 0 }], NOW + 1);
    expect(taken).toMatchObject({ readings: [{ isOver: false, remaining: 6 }] });
  });

  test('the last record of a counter holds, and what was given back stays so', async () => {
    const counting = await open();
    for (let hit = 1; hit <= 3; hit += 1) {
      await countsOf(counting, [day('k0', 5)], NOW);
      await eventually(() => expect(statSync(path).size).toBe(recordAt(hit)));
    }
    await countsOf(counting, [day('k0', -7)], NOW);
    expect(await countsIn(await reopen(), 1)).toEqual([8]);
  });

  test('a smaller bound of the next start tells how many it forgets', async () => {
    await fill(100);
    await open({ maxCounters: 2 });
    expect(told).toEqual(['lost 98']);
  });

  test.each([
    ['half a record', () => writeFileSync(path, readFileSync(path).subarray(0, recordAt(2) + 50))],
    ['a damaged last record', () => spoil(recordAt(2) + 30)],
    ['zeros behind the good ones', () => writeFileSync(path, zeroed(recordAt(2)))],
  ])('drops a torn end: %s', async (_, damage) => {
    await fill(3);
    const size = statSync(path).size;
    damage();
    const counts = await countsIn(await open(), 3);
    expect(counts).toHaveLength(3);
    expect(typeof counts === 'string' ? [] : counts.filter((count) => count === 0)).toHaveLength(1);
    await close();
    expect(statSync(path).size).toBe(size - RECORD_BYTES);
  });

  test.each([
    ['a damaged record before good ones', () => spoil(recordAt(1) + 30), 'is damaged at byte 192'],
    ['a changed key', () => spoil(25), 'not a file of counters'],
    [
      'another file',
      () => writeFileSync(path, 'kind: RateLimitPolicy\n'.repeat(10)),
      'not a file of counters',
    ],
    ['a short other file', () => writeFileSync(path, 'x'), 'not a file of counters'],
    ['another version', () => writeVersion(2), 'has version 2 of the file of counters'],
  ])('refuses %s, says what to do, and leaves it as it is', async (_, damage, message) => {
    await fill(3);
    damage();
    const before = readFileSync(path);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow('or remove it and know that limits of more than a minute');
    expect(readFileSync(path)).toEqual(before);
  });

  test('refuses a folder, and begins an empty file', async () => {
    mkdirSync(path);
    await expect(open()).rejects.toThrow('not a regular file');
    rmSync(path, { recursive: true });
    writeFileSync(path, '');
    await fill(1);
    expect(await countsIn(await open(), 1)).toEqual([1]);
  });

  test('a second process is refused until the first is closed', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow('each replica needs a file of its own');
    await first.close();
    await open();
  });

  test('with a full disk counts on, says so once, and writes all at the end when there is room', async () => {
    let isFull = false;
    const openFile = async (name: string) => {
      const file = await openOnDisk(name, 'w', 0o600);
      return {
        appendFile: async (bytes: Uint8Array) => {
          if (!isFull) return file.appendFile(bytes);
          await file.appendFile(bytes.subarray(0, bytes.length / 2));
          throw new Error('ENOSPC: no space left on device');
        },
        sync: () => file.sync(),
        close: () => file.close(),
      };
    };
    const counting = await open({ openFile });
    await countsOf(counting, [day('k0', 1)], NOW);
    await eventually(() => expect(statSync(path).size).toBe(recordAt(1)));
    isFull = true;
    expect(await countsOf(counting, [day('k0', 1), day('k1', 1)], NOW)).toEqual([2, 1]);
    await eventually(() => expect(told).toEqual(['not kept: ENOSPC: no space left on device']));
    expect(await countsOf(counting, [day('k0', 1), day('k1', 1)], NOW)).toEqual([3, 2]);
    isFull = false;
    expect(await countsIn(await reopen(), 2)).toEqual([3, 2]);
    expect(told).toEqual(['not kept: ENOSPC: no space left on device', 'kept']);
  });

  test('a long log is written anew, and no change is lost meanwhile', async () => {
    const counting = await open();
    const takes = Array.from({ length: 5_000 }, (_, index) => take(`k${index}`, { meter: window(DAY_MS) }));
    let largest = 0;
    let rounds = 0;
    await eventually(
      async () => {
        await countsOf(counting, takes, NOW);
        rounds += 1;
        const { size } = statSync(path);
        largest = Math.max(largest, size);
        expect(size).toBeLessThan(largest);
      },
      // Most of the time is left to the file.
      { timeoutMs: 20_000, everyMs: 150 },
    );
    expect(await countsIn(await reopen(), 5_000)).toEqual(takes.map(() => rounds));
  }, 30_000);

  test('a file of many is not written anew at the start, and goes on behind what it has', async () => {
    const takes = Array.from({ length: 20_000 }, (_, index) => day(`k${index}`));
    await countsOf(await open(), takes, NOW);
    await close();
    const before = readFileSync(path);
    const progress: number[] = [];
    const counting = await open({ onProgress: (readBytes, allBytes) => progress.push(readBytes / allBytes) });
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(1);
    expect(await countsOf(counting, [day('k7'), day('new')], NOW)).toEqual([2, 1]);
    await close();
    const after = readFileSync(path);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expect(after.length - before.length).toBe(2 * RECORD_BYTES);
    expect(await countsOf(await open(), [day('k7', 0), day('k8', 0), day('new', 0)], NOW)).toEqual([2, 1, 1]);
  });

  test('killed, it loses at most what was not written yet and never invents a hit', async () => {
    const child = spawn(process.execPath, [PROGRAM, path, String(NOW)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = 0;
    createInterface({ input: child.stdout }).on('line', (line) => (printed = Number(line)));
    const inFile = await eventually(
      async () => {
        const count = await writtenCount();
        expect(count).toBeGreaterThan(300);
        return count;
      },
      { timeoutMs: 20_000 },
    );
    child.kill('SIGKILL');
    await once(child, 'close');
    const [count = 0] = await countsOf(await open(), [take('a', { meter: window(DAY_MS), hits: 0 })], NOW);
    expect(count).toBeGreaterThanOrEqual(inFile);
    expect(count).toBeLessThanOrEqual(printed);
  }, 30_000);
});

async function writtenCount(): Promise<number> {
  let last = 0;
  await readCounters(path, {
    onRecord: ({ state }) => {
      if (typeof state === 'number') last = state;
    },
  });
  return last;
}

function zeroed(from: number): Buffer {
  return readFileSync(path).fill(0, from);
}

function writeVersion(version: number): void {
  const content = readFileSync(path);
  content.writeUInt32BE(version, 16);
  content.writeUInt32BE(crc32(content.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  writeFileSync(path, content);
}
