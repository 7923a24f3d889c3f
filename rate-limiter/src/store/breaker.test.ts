import { describe, expect, jest, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type BreakerChange, createBreaker } from './breaker.ts';
import { take } from './store.contract.ts';
import type { ProbedStore, Taken } from './types.ts';

const COUNTED: Taken = { kind: 'counted', readings: [] };
const DOWN: Taken = { kind: 'down', reason: 'gone' };

function fakeStore() {
  const state = { isUp: true, takes: 0, probes: 0, isClosed: false };
  const store: ProbedStore = {
    take: () => {
      state.takes += 1;
      return Promise.resolve(state.isUp ? COUNTED : DOWN);
    },
    nodesOf: () => [''],
    probe: () => {
      state.probes += 1;
      return Promise.resolve(state.isUp);
    },
    close: () => {
      state.isClosed = true;
      return Promise.resolve();
    },
  };
  return { state, store };
}

describe('createBreaker', () => {
  test('leaves alone the node that is away, and no other', async () => {
    const { state, store } = fakeStore();
    const gone = new Set(['b']);
    const nodesOf: ProbedStore['nodesOf'] = (takes) => [...new Set(takes.map(({ key }) => key))];
    const apart: ProbedStore = {
      ...store,
      nodesOf,
      take: (takes) => {
        state.takes += 1;
        return Promise.resolve(nodesOf(takes).some((node) => gone.has(node)) ? DOWN : COUNTED);
      },
      probe: (node) => Promise.resolve(!gone.has(node)),
    };
    const changes: BreakerChange[] = [];
    const onChange = (change: BreakerChange) => void changes.push(change);
    const breaker = createBreaker(apart, { onChange, spanMs: 0, probeMs: 5 });
    const ask = async (...keys: readonly string[]) =>
      (
        await breaker.take(
          keys.map((key) => take(key)),
          0,
        )
      ).kind;
    for (let round = 0; round < 5; round += 1) {
      expect(await ask('a')).toBe('counted');
      expect(await ask('b')).toBe('down');
    }
    expect(state.takes).toBe(8);
    expect(await ask('a', 'b')).toBe('down');
    expect(changes).toMatchObject([{ node: 'b', isOpen: true, isAnyOpen: true }]);
    gone.clear();
    await eventually(async () => expect(await ask('a', 'b')).toBe('counted'));
    expect(changes.at(-1)).toMatchObject({ node: 'b', isOpen: false, isAnyOpen: false });
    await breaker.close();
  });

  test('opens after three failures in a row and asks no more', async () => {
    const { state, store } = fakeStore();
    const onChange = jest.fn<(change: BreakerChange) => void>();
    const breaker = createBreaker(store, { onChange, spanMs: 0 });
    state.isUp = false;
    for (let i = 0; i < 10; i += 1) expect((await breaker.take([take('a')], 0)).kind).toBe('down');
    expect(state.takes).toBe(3);
    const opened = { node: '', isOpen: true, isAnyOpen: true, reason: 'gone' };
    expect(onChange.mock.calls).toEqual([[opened]]);
    await breaker.close();
    expect(state.isClosed).toBe(true);
  });

  test('calls that fail together do not open it', async () => {
    const { state, store } = fakeStore();
    const onChange = jest.fn<(change: BreakerChange) => void>();
    const breaker = createBreaker(store, { onChange, spanMs: 60_000 });
    state.isUp = false;
    await Promise.all(Array.from({ length: 50 }, async () => breaker.take([take('a')], 0)));
    state.isUp = true;
    expect(await breaker.take([take('a')], 0)).toEqual(COUNTED);
    expect(onChange.mock.calls).toEqual([]);
    await breaker.close();
  });

  test('opens at once without a connection', async () => {
    const gone: Taken = { ...DOWN, isDisconnected: true };
    const changes: boolean[] = [];
    const { store } = fakeStore();
    const lost = { ...store, take: () => Promise.resolve(gone), probe: () => Promise.resolve(false) };
    const breaker = createBreaker(lost, { onChange: ({ isOpen }) => changes.push(isOpen) });
    await breaker.take([take('a')], 0);
    expect(changes).toEqual([true]);
    await breaker.close();
  });

  test('a success in between starts the count again', async () => {
    const { state, store } = fakeStore();
    const onChange = jest.fn<(change: BreakerChange) => void>();
    const breaker = createBreaker(store, { onChange });
    for (const isUp of [false, false, true, false, false, true]) {
      state.isUp = isUp;
      await breaker.take([take('a')], 0);
    }
    expect([state.takes, onChange.mock.calls]).toEqual([6, []]);
    await breaker.close();
  });

  test('closes by itself once a probe is answered', async () => {
    const { state, store } = fakeStore();
    const changes: boolean[] = [];
    const breaker = createBreaker(store, {
      onChange: ({ isOpen }) => changes.push(isOpen),
      probeMs: 1,
      threshold: 1,
      spanMs: 0,
    });
    state.isUp = false;
    await breaker.take([take('a')], 0);
    await eventually(() => expect(state.probes).toBeGreaterThan(2));
    state.isUp = true;
    await eventually(async () => expect(await breaker.take([take('a')], 0)).toEqual(COUNTED));
    expect(changes).toEqual([true, false]);
    await breaker.close();
  });

  test('probes no more once it is closed', async () => {
    const { state, store } = fakeStore();
    const breaker = createBreaker(store, { onChange: () => undefined, probeMs: 1, threshold: 1, spanMs: 0 });
    state.isUp = false;
    await breaker.take([take('a')], 0);
    await breaker.close();
    const { probes } = state;
    const other = fakeStore();
    other.state.isUp = false;
    const living = createBreaker(other.store, {
      onChange: () => undefined,
      probeMs: 1,
      threshold: 1,
      spanMs: 0,
    });
    await living.take([take('a')], 0);
    await eventually(() => expect(other.state.probes).toBeGreaterThan(3), { everyMs: 1 });
    await living.close();
    expect(state.probes).toBe(probes);
  });
});
