import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';

import { keyState, type SigningKey } from '../key-ring.ts';
import { createKeySource, type KeySource, type LoadedKeys } from './key-source.ts';

const key = (id: string): SigningKey => ({
  id,
  owner: 'm',
  algorithm: 'hmac-sha256',
  key: createSecretKey(Buffer.from('0123456789abcdef')),
  nonceScope: id,
  notBeforeMs: undefined,
  notAfterMs: undefined,
  isRevoked: false,
});
const keys = (...ids: readonly string[]): LoadedKeys => ({ kind: 'keys', keys: ids.map(key), leftOut: [] });
const DOWN: LoadedKeys = { kind: 'failed', why: 'down' };

const find = async ({ ring }: KeySource, id: string) => ring.lookUp?.(id);

/** A source whose answers, timers and clock the test holds. */
function source(first: LoadedKeys | undefined, seed?: ReadonlyMap<string, SigningKey>) {
  const clock = createFakeClock();
  const timers = new Map<() => void, number>();
  const pending: ((loaded: LoadedKeys) => void)[] = [];
  let loads = 0;
  const made = createKeySource({
    load: async () => {
      loads += 1;
      return new Promise<LoadedKeys>((resolve) => {
        pending.push(resolve);
      });
    },
    refreshMs: 300_000,
    maxStaleMs: 3_600_000,
    clock,
    schedule: (work, ms) => {
      timers.set(work, ms);
      return () => void timers.delete(work);
    },
    random: () => 0.5,
    onLoaded: () => undefined,
    seed,
  });
  const answer = async (loaded: LoadedKeys) => {
    // The load begins a moment after it was asked for.
    await settled();
    for (const resolve of pending.splice(0)) resolve(loaded);
    await settled();
  };
  const fire = async (ms: number) => {
    for (const [work, after] of [...timers]) {
      if (after !== ms) continue;
      timers.delete(work);
      work();
    }
    await settled();
  };
  const ready = first === undefined ? Promise.resolve() : answer(first);
  return { made, clock, answer, fire, ready, loads: () => loads, pauses: () => [...timers.values()] };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('createKeySource', () => {
  test('loads at once, then after each refresh', async () => {
    const { made, ready, fire, answer, loads, pauses } = source(keys('a'));
    await ready;
    expect(made.ring.get('a')?.id).toBe('a');
    expect(pauses()).toEqual([300_000]);
    await fire(300_000);
    await answer(keys('b'));
    expect([...made.ring.values()].map(({ id }) => id)).toEqual(['b']);
    expect(loads()).toBe(2);
  });

  test('keeps what it has through failures, tries again sooner and slower, until that is stale', async () => {
    const { made, clock, ready, fire, answer, pauses } = source(keys('a'));
    await ready;
    await fire(300_000);
    for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
      await answer(DOWN);
      expect(pauses()).toEqual([pauseMs]);
      await fire(pauseMs);
    }
    const kept = made.ring.get('a') ?? key('none');
    expect(keyState(kept, clock.now() + 3_600_000)).toBe('active');
    expect(keyState(kept, clock.now() + 3_600_001)).toBe('expired');
    clock.advance(4_000_000);
    await answer(DOWN);
    await fire(300_000);
    await answer(keys('a'));
    expect(keyState(made.ring.get('a') ?? kept, clock.now())).toBe('active');
  });

  test('asks once for an unknown id, and everybody waits for that', async () => {
    const { made, ready, answer, loads } = source(keys('a'));
    await ready;
    const found = Promise.all(Array.from({ length: 50 }, () => find(made, 'b')));
    await answer(keys('a', 'b'));
    expect(new Set((await found).map((one) => one?.id))).toEqual(new Set(['b']));
    expect(loads()).toBe(2);
  });

  test('a flood of unknown ids makes one load in 10 s', async () => {
    const { made, clock, ready, answer, loads } = source(keys('a'));
    await ready;
    for (let second = 0; second < 60; second++) {
      const flood = Array.from({ length: 200 }, (_, n) => find(made, `${second}-${n}`));
      await answer(keys('a'));
      expect(new Set(await Promise.all(flood))).toEqual(new Set([undefined]));
      clock.advance(1_000);
    }
    expect(loads()).toBe(1 + 6);
  });

  test('remembers for 30 s that an id is unknown, and forgets it with the next answer', async () => {
    const { made, clock, ready, answer, fire, loads } = source(keys('a'));
    await ready;
    const first = find(made, 'b');
    await answer(keys('a'));
    expect(await first).toBeUndefined();
    clock.advance(29_999);
    expect(await find(made, 'b')).toBeUndefined();
    expect(loads()).toBe(2);
    await fire(300_000);
    await answer(keys('a'));
    const again = find(made, 'b');
    await answer(keys('a', 'b'));
    expect((await again)?.id).toBe('b');
    expect(loads()).toBe(4);
  });

  test('does not remember an id as unknown when nobody answered', async () => {
    const { made, clock, ready, answer, loads } = source(keys('a'));
    await ready;
    const first = find(made, 'b');
    await answer(DOWN);
    expect(await first).toBeUndefined();
    clock.advance(10_000);
    const again = find(made, 'b');
    await answer(keys('b'));
    expect((await again)?.id).toBe('b');
    expect(loads()).toBe(3);
  });

  test('lets nobody wait longer than 200 ms, and no more than 256 wait', async () => {
    const { made, ready, fire, answer, loads } = source(keys('a'));
    await ready;
    const waiting = Array.from({ length: 256 }, (_, n) => find(made, `w${n}`));
    await settled();
    expect(await find(made, 'w257')).toBeUndefined();
    await fire(200);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([undefined]));
    await answer(keys('a', 'w1'));
    expect(made.ring.get('w1')?.id).toBe('w1');
    expect(loads()).toBe(2);
  });

  test('asks for no id that is longer than any', async () => {
    const { made, ready, loads } = source(keys('a'));
    await ready;
    expect(await find(made, 'x'.repeat(129))).toBeUndefined();
    expect(loads()).toBe(1);
  });

  test('known keys need no load', async () => {
    const { made, ready, loads } = source(keys('a'));
    await ready;
    expect((await find(made, 'a'))?.id).toBe('a');
    expect(loads()).toBe(1);
  });

  test('goes on with the keys of its predecessor until the first answer', async () => {
    const { made, answer } = source(undefined, new Map([['old', key('old')]]));
    expect(made.ring.get('old')?.id).toBe('old');
    await answer(DOWN);
    expect(made.ring.get('old')?.id).toBe('old');
    await answer(keys('new'));
    expect(made.last()).toEqual(DOWN);
  });

  test('a load that throws has failed', async () => {
    const made = createKeySource({
      load: () => Promise.reject(new Error('a bug')),
      refreshMs: 300_000,
      maxStaleMs: 3_600_000,
      clock: createFakeClock(),
      schedule: () => () => undefined,
      random: () => 0,
      onLoaded: () => undefined,
    });
    await made.ready(1_000);
    expect(made.last()).toEqual({ kind: 'failed', why: 'a bug' });
  });

  test('once closed it never loads, and a late answer changes nothing', async () => {
    const { made, answer, pauses, loads } = source(undefined);
    made.close();
    await answer(keys('a'));
    expect(made.ring.get('a')).toBeUndefined();
    expect(await find(made, 'a')).toBeUndefined();
    expect({ pauses: pauses().filter((ms) => ms > 200), loads: loads() }).toEqual({ pauses: [], loads: 1 });
  });
});
