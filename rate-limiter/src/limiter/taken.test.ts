import { describe, expect, test } from '@jest/globals';
import { type CounterStore, createEmbeddedStore } from '../store/index.ts';
import {
  createTestLimiter,
  descriptor,
  limitedMesh,
  rulesFrom,
  type TestLimiterOptions,
} from '../testing/index.ts';
import type { Decision } from './types.ts';

const KEY = 'taken.pay/per-merchant/burst';
const CONCURRENCY = 'concurrency: {max: 2, hold: 30s}';
const REFUND = 'rate: 2/m, refund: {statuses: [500]}';

/** The number that gives back what was taken. */
function takenIn(decision: Decision): number {
  return decision.kind === 'decided' ? Number(decision.taken?.[KEY]) : Number.NaN;
}

function limiterOf(
  limit: string,
  mode = 'Enforce',
  options: TestLimiterOptions = {},
  fallback = '{ fallback: Open }',
) {
  const text = limitedMesh('3/m', { mode, fallback }).replace(
    'rate: 3/m, overrides: [{ value: vip, rate: 5/m }]',
    limit,
  );
  const { limiter, clock } = createTestLimiter(rulesFrom([{ path: 'mesh.yaml', text }]), options);
  const entries = ['policy=pay/per-merchant', 'limit=burst', 'principal=a'];
  const ask = async (hits = 1, others: readonly string[][] = []) =>
    limiter.decide({
      domain: 'paymesh',
      descriptors: [
        descriptor(entries, { hits }),
        ...others.map((other) => descriptor(other, { hits: 101 })),
      ],
    });
  return { ask, clock };
}

describe('a limit on concurrency', () => {
  test('tells what it took, holds, and gives it back', async () => {
    const { ask } = limiterOf(CONCURRENCY);
    const first = await ask();
    expect(first).toMatchObject({ isOver: false, taken: { [KEY]: expect.stringMatching(/^\d+$/) } });
    expect(await ask()).toMatchObject({ isOver: false, taken: { [KEY]: expect.stringMatching(/^\d+$/) } });
    for (let denied = 0; denied < 9; denied += 1) {
      const decision = await ask();
      expect(decision).toMatchObject({ isOver: true });
      expect(decision).not.toHaveProperty('taken');
    }
    expect(await ask(-takenIn(first))).toMatchObject({ isOver: false });
    const second = await ask();
    expect(second).toMatchObject({ isOver: false });
    expect(await ask()).toMatchObject({ isOver: true });
    // A caller that knows no better gives back a bare number.
    await ask(-1);
    expect(await ask()).toMatchObject({ isOver: false });
  });

  test('one whose end nobody tells ends by itself while others come and go', async () => {
    const { ask, clock } = limiterOf(CONCURRENCY);
    await ask();
    for (let atMs = 0; atMs < 34_000; atMs += 500) {
      const other = await ask();
      expect(other).toMatchObject({ isOver: false });
      clock.advance(500);
      await ask(-takenIn(other));
    }
    expect(await ask(2)).toMatchObject({ isOver: false });
  });

  test('what was taken here while the store was away is given back here, and not to the store', async () => {
    const embedded = createEmbeddedStore();
    let isDown = true;
    const store: CounterStore = {
      take: (takes, nowMs) => (isDown ? { kind: 'down', reason: 'away' } : embedded.take(takes, nowMs)),
      close: async () => undefined,
    };
    const { ask } = limiterOf(CONCURRENCY, 'Enforce', { store }, '{ fallback: Local }');
    const early = [await ask(), await ask()];
    expect(await ask()).toMatchObject({ isOver: true });
    isDown = false;
    const [one, other] = [await ask(), await ask()];
    expect([one, other]).toMatchObject([{ isOver: false }, { isOver: false }]);
    for (const taken of early) await ask(-takenIn(taken));
    expect(await ask()).toMatchObject({ isOver: true });
    await ask(-takenIn(one));
    expect(await ask()).toMatchObject({ isOver: false });
    isDown = true;
    expect(await ask(2)).toMatchObject({ isOver: false });
  });

  test('what another limit denies here holds nothing here either', async () => {
    const store: CounterStore = {
      take: () => ({ kind: 'down', reason: 'away' }),
      close: async () => undefined,
    };
    const { ask } = limiterOf(CONCURRENCY, 'Enforce', { store }, '{ fallback: Local }');
    const all = ['policy=pay/per-merchant', 'limit=all'];
    for (let denied = 0; denied < 5; denied += 1) expect(await ask(1, [all])).toMatchObject({ isOver: true });
    expect([await ask(), await ask(), await ask()]).toMatchObject([
      { isOver: false },
      { isOver: false },
      { isOver: true },
    ]);
  });

  test('a request that another limit denies holds nothing', async () => {
    const { ask } = limiterOf(CONCURRENCY);
    const all = ['policy=pay/per-merchant', 'limit=all'];
    for (let denied = 0; denied < 5; denied += 1) {
      const decision = await ask(1, [all]);
      expect(decision).toMatchObject({ isOver: true });
      expect(decision).not.toHaveProperty('taken');
    }
    expect([await ask(), await ask(), await ask()]).toMatchObject([
      { isOver: false },
      { isOver: false },
      { isOver: true },
    ]);
  });

  test('one whose end nobody tells ends by itself', async () => {
    const { ask, clock } = limiterOf(CONCURRENCY);
    await ask(2);
    expect(await ask()).toMatchObject({ isOver: true });
    clock.advance(34_000);
    expect(await ask()).toMatchObject({ isOver: false });
  });

  test('in shadow nothing is told where it is over, for it took nothing', async () => {
    const { ask } = limiterOf(CONCURRENCY, 'Shadow');
    for (const decision of [await ask(), await ask()]) expect(decision).toHaveProperty(['taken', KEY]);
    expect(await ask()).not.toHaveProperty('taken');
  });

  test('nor while all is in shadow and it would have denied', async () => {
    const { ask } = limiterOf(CONCURRENCY, 'Enforce', { modes: { isShadow: true, isQuota: false } });
    await ask(2);
    const decision = await ask();
    expect(decision).toMatchObject({ isOver: false });
    expect(decision).not.toHaveProperty('taken');
  });
});

describe('beside quota rules, a limit on concurrency', () => {
  const text = `domain: shop
descriptors:
  - {key: q, rate_limit: {unit: year, requests_per_unit: 2}, quota_mode: true}
  - {key: r, rate_limit: {unit: year, requests_per_unit: 9}, quota_mode: true}
  - {key: shadow, rate_limit: {unit: year, requests_per_unit: 9}, quota_mode: true, shadow_mode: true}
  - {key: job, rate_limit: {concurrency: {max: 3, hold_seconds: 600}}}
`;
  const decide = async (...others: readonly string[]) => {
    const { limiter } = createTestLimiter(rulesFrom([{ path: 'shop.yaml', text }]));
    const descriptors = ['q=a', 'job=a', ...others].map((entry) => descriptor([entry]));
    const decisions: Decision[] = [];
    for (let asked = 0; asked < 4; asked += 1)
      decisions.push(await limiter.decide({ domain: 'shop', descriptors }));
    const left = await limiter.decide({ domain: 'shop', descriptors: [descriptor(['job=a'], { hits: 0 })] });
    const over = decisions.map((decision) => decision.kind === 'decided' && decision.isOver);
    return { over, left: left.kind === 'decided' ? left.statuses[0]?.remaining : undefined };
  };

  test('holds nothing of a request that all of them deny together', async () => {
    expect(await decide()).toEqual({ over: [false, false, true, true], left: 1 });
  });

  test.each(['r=a', 'shadow=a'])('holds what passes since one of them (%s) has room', async (other) => {
    // The fourth is denied by the limit on concurrency itself.
    expect(await decide(other)).toEqual({ over: [false, false, false, true], left: 0 });
  });
});

describe('a limit with a refund', () => {
  test('tells the hits of an admitted request and none of a denied one', async () => {
    const { ask } = limiterOf(REFUND);
    expect(await ask(2)).toMatchObject({ taken: { [KEY]: '2' } });
    expect(await ask()).not.toHaveProperty('taken');
  });

  test('that only reads or gives back tells nothing', async () => {
    const { ask } = limiterOf(REFUND);
    expect(await ask(0)).not.toHaveProperty('taken');
    expect(await ask(-1)).not.toHaveProperty('taken');
  });

  test('tells nothing of what could not be counted', async () => {
    const store = {
      take: () => ({ kind: 'down' as const, reason: 'away' }),
      close: async () => undefined,
    };
    const text = limitedMesh('3/m', { fallback: '{ fallback: Open }' }).replace(
      'rate: 3/m, overrides: [{ value: vip, rate: 5/m }]',
      REFUND,
    );
    const { limiter } = createTestLimiter(rulesFrom([{ path: 'mesh.yaml', text }]), { store });
    const entries = ['policy=pay/per-merchant', 'limit=burst', 'principal=a'];
    const decision = await limiter.decide({ domain: 'paymesh', descriptors: [descriptor(entries)] });
    expect(decision).toMatchObject({ isOver: false });
    expect(decision).not.toHaveProperty('taken');
  });
});
