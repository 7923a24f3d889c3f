import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createEmbeddedStore } from './embedded-store.ts';
import type { After } from './lease-book.ts';
import { createLeasingStore, type LeasingStore } from './leasing-store.ts';
import { countsOf, describeStore, NOW, take } from './store.contract.ts';
import type { CounterStore, Take } from './types.ts';

const LIMIT = 1_000;
/** As the store has it. */
const ASK_AGAIN_MS = 1_000;
const one = take('hot', { limit: LIMIT });

describeStore('the leasing store', () =>
  Promise.resolve(createLeasingStore({ store: createEmbeddedStore() })),
);

/** Timers that run when a test says so. */
function createTimers() {
  const waiting = new Set<() => void>();
  const after: After = (_ms, run) => {
    waiting.add(run);
    return () => void waiting.delete(run);
  };
  const runAll = (): void => {
    for (const run of [...waiting]) {
      waiting.delete(run);
      run();
    }
  };
  return { after, runAll };
}

/** A store that others share, and how often it was called. */
function createShared() {
  const embedded = createEmbeddedStore();
  const state = { calls: 0, isDown: false };
  const store: CounterStore = {
    take: async (takes, nowMs) => {
      state.calls += 1;
      return state.isDown ? { kind: 'down', reason: 'gone' } : embedded.take(takes, nowMs);
    },
    close: () => Promise.resolve(),
  };
  return { state, store };
}

async function passes(store: CounterStore, asked: Take = one, nowMs = NOW): Promise<boolean> {
  const taken = await store.take([asked], nowMs);
  return taken.kind === 'counted' && taken.readings[0]?.isOver === false;
}

async function passed(store: CounterStore, calls: number, asked: Take = one, nowMs = NOW): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call += 1) if (await passes(store, asked, nowMs)) count += 1;
  return count;
}

describe('createLeasingStore', () => {
  let shared: ReturnType<typeof createShared>;
  let timers: ReturnType<typeof createTimers>;
  let replica: LeasingStore;
  beforeEach(() => {
    shared = createShared();
    timers = createTimers();
    replica = open();
  });
  afterEach(() => replica.close());
  const open = () => createLeasingStore({ store: shared.store, after: timers.after });
  const counted = () => countsOf(shared.store, [{ ...one, hits: 0 }]);

  test('a hot counter costs few calls, and lets exactly its limit through', async () => {
    expect(await passed(replica, 5 * LIMIT)).toBe(LIMIT);
    expect(shared.state.calls).toBeLessThan(LIMIT / 4);
    expect(await counted()).toEqual([LIMIT]);
  });

  test('a counter that is not hot is counted call by call', async () => {
    for (let call = 0; call < 50; call += 1) await passes(replica, one, NOW + call * 10);
    expect([shared.state.calls, await counted()]).toEqual([50, [50]]);
  });

  test('tells what is left as if it had no lease', async () => {
    for (let call = 1; call <= 200; call += 1) {
      const taken = await replica.take([one], NOW);
      expect(taken).toMatchObject({ readings: [{ remaining: LIMIT - call, resetMs: 60_000 }] });
    }
    expect(await countsOf(replica, [{ ...one, hits: 0 }])).toEqual([200]);
  });

  test('gives back what it did not use when its time is over, and at the end', async () => {
    await passed(replica, 30);
    expect(await counted()).not.toEqual([30]);
    timers.runAll();
    expect(await counted()).toEqual([30]);
    await passed(replica, 10);
    await replica.close();
    expect(await counted()).toEqual([40]);
  });

  test('near the limit there are no leases', async () => {
    await passed(replica, LIMIT - 100);
    timers.runAll();
    await passed(replica, 50);
    expect(await counted()).toEqual([LIMIT - 50]);
  });

  test('calls that come together wait for one lease', async () => {
    await passed(replica, 25);
    timers.runAll();
    await passed(replica, 20);
    const before = shared.state.calls;
    await Promise.all(Array.from({ length: 20 }, async () => replica.take([one], NOW)));
    expect(shared.state.calls - before).toBeLessThanOrEqual(2);
  });

  test('a call of several hot counters is answered here too, and spared ones are spared', async () => {
    const spared = take('spared', { limit: 5_000, isSpared: true });
    for (let call = 0; call < 2 * LIMIT; call += 1) await replica.take([one, spared], NOW);
    await replica.close();
    expect(await countsOf(shared.store, [{ ...spared, hits: 0 }])).toEqual([LIMIT]);
    expect(shared.state.calls).toBeLessThan(LIMIT / 2);
  });

  describe('denials', () => {
    beforeEach(() => passed(replica, 2 * LIMIT));
    const asks = async (nowMs: number, asked: Take = one) => {
      const before = shared.state.calls;
      const isPassed = await passes(replica, asked, nowMs);
      return { isPassed, calls: shared.state.calls - before };
    };

    test('are answered here until the window ends, and asked about once a second', async () => {
      let calls = 0;
      for (let ms = 0; ms < 60_000; ms += 100) {
        const answer = await asks(NOW + ms);
        expect(answer.isPassed).toBe(false);
        calls += answer.calls;
      }
      expect(calls).toBeLessThanOrEqual(60);
      const nextMs = NOW + 60_000;
      const next = { ...one, meter: { kind: 'window', startMs: nextMs, endMs: nextMs + 60_000 } } as const;
      expect(await asks(nextMs, next)).toEqual({ isPassed: true, calls: 1 });
    });

    test('are answered at once', () => {
      expect(replica.take([one], NOW + 30_000)).toBeInstanceOf(Promise);
      expect(replica.take([one], NOW + 30_000)).toEqual({
        kind: 'counted',
        readings: [{ isOver: true, remaining: 0, resetMs: 30_000 }],
      });
    });

    test('end with hits given back through this replica, and elsewhere after a second', async () => {
      await replica.take([{ ...one, hits: -3 }], NOW);
      expect(await passed(replica, 9)).toBe(2);
      await shared.store.take([{ ...one, hits: -3 }], NOW);
      expect(await passed(replica, 9)).toBe(0);
      expect(await passed(replica, 9, one, NOW + ASK_AGAIN_MS)).toBe(2);
    });

    test('hold for no higher limit', async () => {
      expect(await passes(replica, { ...one, limit: 2 * LIMIT })).toBe(true);
    });

    test('of many spared hits hold for no fewer', async () => {
      const spared = take('spared', { limit: 5, isSpared: true });
      expect(await passes(replica, { ...spared, hits: 6 })).toBe(false);
      expect(await passed(replica, 9, spared)).toBe(5);
    });

    test('are forgotten when the store is away', async () => {
      shared.state.isDown = true;
      expect(await replica.take([take('other')], NOW)).toMatchObject({ kind: 'down' });
      expect(await replica.take([one], NOW)).toMatchObject({ kind: 'down' });
    });
  });

  test('four replicas never pass more than the limit, and too few by the bound at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        shared = createShared();
        timers = createTimers();
        const replicas = [open(), open(), open(), open()];
        const played = await play(replicas, steps, timers.runAll);
        expect(Math.max(...played.totals)).toBeLessThanOrEqual(LIMIT);
        // Each of three others holds a tenth of what was left at most.
        expect(played.firstRefusalAt ?? LIMIT).toBeGreaterThanOrEqual(LIMIT - 3 * (LIMIT / 10));
        timers.runAll();
        let total = played.totals.at(-1) ?? 0;
        for (const [round, each] of [...replicas, ...replicas].entries()) {
          total += await passed(each, LIMIT, spared, NOW + (round + 1) * ASK_AGAIN_MS);
          timers.runAll();
        }
        expect(total).toBe(LIMIT);
      }),
      { numRuns: 50 },
    );
  });
});

interface Step {
  readonly replica: number;
  readonly calls: number;
  /** The time of all leases is over after it. */
  readonly isLater: boolean;
}

/** Where hits count even if they are over, some of what leases give back is theirs. */
const spared = { ...one, isSpared: true };
const step = fc.record<Step>({
  replica: fc.nat({ max: 3 }),
  calls: fc.integer({ min: 1, max: 400 }),
  isLater: fc.boolean(),
});

async function play(replicas: readonly CounterStore[], steps: readonly Step[], later: () => void) {
  const totals: number[] = [];
  let total = 0;
  let firstRefusalAt: number | undefined;
  for (const { replica, calls, isLater } of steps) {
    const store = replicas[replica];
    const count = store === undefined ? 0 : await passed(store, calls, spared);
    total += count;
    totals.push(total);
    if (count < calls) firstRefusalAt ??= total;
    if (isLater) later();
  }
  return { totals, firstRefusalAt };
}
