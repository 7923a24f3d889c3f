import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import { createEmbeddedStore, type EmbeddedStore } from './embedded-store.ts';
import { openNonceFile } from './nonce-file.ts';
import { HEADER_BYTES, RECORD_BYTES } from './nonce-file-format.ts';
import { nonceStoreContract } from './nonce-store.contract.ts';
import { claimSteps, createPlainModel } from './testing/plain-model.ts';

let folder: string;
let path: string;
let clock: FakeClock;
let store: EmbeddedStore | undefined;
const troubles: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-nonces-'));
  path = join(folder, 'nonces');
  clock = createFakeClock();
  troubles.length = 0;
});

afterEach(async () => {
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(maxEntries?: number): Promise<EmbeddedStore> {
  const file = await openNonceFile({ path, clock, onTrouble: (message) => troubles.push(message) });
  store = createEmbeddedStore({ maxEntries, clock, file });
  return store;
}

async function reopen(maxEntries?: number): Promise<EmbeddedStore> {
  await store?.close();
  return open(maxEntries);
}

/** Claims so many keys for ten seconds and closes the store. */
async function fill(count: number): Promise<void> {
  const filled = await open();
  for (let index = 0; index < count; index += 1) await filled.claim(`k${index}`, 10_000);
  await filled.close();
}

async function claims(of: EmbeddedStore, count: number): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => of.claim(`k${index}`, 10_000)));
}

/** Changes bytes of the file. */
function spoil(at: number, bytes: string): void {
  const content = readFileSync(path);
  content.write(bytes, at);
  writeFileSync(path, content);
}

/** Another byte than what stands there, whatever that is: digests and keys are random. */
function change(at: number): void {
  const content = readFileSync(path);
  content.writeUInt8(content.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, content);
}

nonceStoreContract('the embedded store with a file', async () => {
  return { store: await open(), pass: async (ms) => clock.advance(ms) };
});

describe('the embedded store with a file', () => {
  test('remembers after a restart for as long as before it', async () => {
    await fill(3);
    clock.advance(9_900);
    expect(await claims(await reopen(), 3)).toEqual(['replayed', 'replayed', 'replayed']);
    clock.advance(1_200);
    expect(await claims(await reopen(), 3)).toEqual(['fresh', 'fresh', 'fresh']);
    expect(troubles).toEqual([]);
  });

  test('an attempt of before the restart may not claim again', async () => {
    await (await open()).claim('a', 10_000, 'attempt');
    expect(await (await reopen()).claim('a', 10_000, 'attempt')).toBe('replayed');
  });

  test('is never larger than what was held at once, and shrinks at a restart', async () => {
    const bounded = await open(10);
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < 10; index += 1)
        expect(await bounded.claim(`${round} ${index}`, 1_000)).toBe('fresh');
      expect(await bounded.claim('more', 1_000)).toBe('full');
      clock.advance(2_001);
    }
    expect(statSync(path).size).toBe(HEADER_BYTES + 10 * RECORD_BYTES);
    await reopen();
    expect(statSync(path).size).toBe(HEADER_BYTES);
  });

  test('holds more than a lower bound of the next start allows, and is full then', async () => {
    await fill(5);
    const smaller = await open(2);
    expect(smaller.size()).toBe(5);
    expect(await smaller.claim('k4', 1_000)).toBe('replayed');
    expect(await smaller.claim('new', 1_000)).toBe('full');
  });

  test('is for its owner only, also when it was there, and shows no nonce', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    await (await open()).claim('a-nonce-in-clear', 10_000, 'an-attempt-in-clear');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path).includes('clear')).toBe(false);
  });

  test('a wall clock that steps back keeps nonces longer', async () => {
    await fill(1);
    clock.advance(-3_600_000);
    const later = await open();
    clock.advance(3_600_000);
    expect(await claims(later, 1)).toEqual(['replayed']);
  });

  test.each([
    ['half a record at its end', 5, () => truncateBy(RECORD_BYTES / 2), [4]],
    ['a record that is gone', 5, () => truncateBy(RECORD_BYTES), []],
    ['a changed byte in a digest', 5, () => change(HEADER_BYTES + 2 * RECORD_BYTES + 9), [2]],
    ['a changed length', 5, () => spoil(HEADER_BYTES + 2 * RECORD_BYTES, '\x01'), [2]],
    ['zeros', 5, () => spoil(HEADER_BYTES + RECORD_BYTES, '\0'.repeat(2 * RECORD_BYTES)), [1, 2]],
    [
      'garbage at its end',
      5,
      () => writeFileSync(path, 'garbage'.repeat(20), { flag: 'a' }),
      [5, 6, 7, 8, 9],
    ],
  ])('%s: what is lost is told once, the rest is held', async (what, count, damage, lost) => {
    await fill(count);
    damage();
    const later = await open();
    if (what === 'a record that is gone') {
      // Nothing shows that it was there: this is what a power cut may do.
      expect(troubles).toEqual([]);
      expect(later.size()).toBe(count - 1);
      return;
    }
    expect(troubles).toEqual([expect.stringContaining(`${lost.length} records of ${path} are damaged`)]);
    const expected = Array.from({ length: count }, (_, index) =>
      lost.includes(index) ? 'fresh' : 'replayed',
    );
    expect(await claims(later, count)).toEqual(expected);
    troubles.length = 0;
    await reopen();
    expect(troubles).toEqual([]);
  });

  test('a start that ended before the header was whole is begun again', async () => {
    writeFileSync(path, 'paymesh-non');
    expect(await (await open()).claim('a', 1_000)).toBe('fresh');
    expect(await (await reopen()).claim('a', 1_000)).toBe('replayed');
  });

  test.each([
    ['another file', () => writeFileSync(path, 'kind: SigningPolicy\n'.repeat(10))],
    ['a short other file', () => writeFileSync(path, 'x')],
    ['a changed key', () => change(20)],
    ['a cut header with a changed byte', () => change(3)],
  ])('%s is refused and left as it is', async (_, damage) => {
    await fill(1);
    damage();
    const before = readFileSync(path);
    await expect(open()).rejects.toThrow('is not a file of nonces, or its header is damaged');
    expect(readFileSync(path)).toEqual(before);
  });

  test('a folder is refused', async () => {
    mkdirSync(path);
    await expect(open()).rejects.toThrow('EISDIR');
  });

  test('a second store on the same file is refused until the first is closed', async () => {
    await open();
    await expect(openNonceFile({ path, onTrouble: () => undefined })).rejects.toThrow(
      'another process holds',
    );
    await reopen();
  });

  test('a path that is too long for its lock is told of', async () => {
    path = join(folder, 'n'.repeat(100));
    await expect(open()).rejects.toThrow('too long');
  });

  test('never gives a nonce twice in its time, for any order of claims, time and restarts', async () => {
    const step = fc.tuple(claimSteps(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await store?.close();
        rmSync(path, { force: true });
        let current = await open();
        const model = createPlainModel();
        for (const [claimStep, isRestart] of steps) {
          // A restart forgets attempts: without them it changes nothing.
          const withoutAttempt = { ...claimStep, attempt: undefined };
          clock.advance(claimStep.waitMs);
          if (isRestart) current = await reopen();
          const claim = await current.claim(withoutAttempt.key, withoutAttempt.ttlMs);
          expect(model.possible(withoutAttempt, clock.now())).toContain(claim);
          if (claim === 'fresh') model.given(withoutAttempt, clock.now());
        }
      }),
      { numRuns: 50 },
    );
  });
});

function truncateBy(bytes: number): void {
  const content = readFileSync(path);
  writeFileSync(path, content.subarray(0, content.length - bytes));
}
