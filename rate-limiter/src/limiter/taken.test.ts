import { describe, expect, test } from '@jest/globals';

import {
  createTestLimiter,
  descriptor,
  limitedMesh,
  rulesFrom,
  type TestLimiterOptions,
} from '../testing/index.ts';

const KEY = 'taken.pay/per-merchant/burst';
const CONCURRENCY = 'concurrency: {max: 2, hold: 30s}';
const REFUND = 'rate: 2/m, refund: {statuses: [500]}';

function limiterOf(limit: string, mode = 'Enforce', options: TestLimiterOptions = {}) {
  const text = limitedMesh('3/m', { mode }).replace(
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
    expect(await ask()).toMatchObject({ isOver: false, taken: { [KEY]: '1' } });
    expect(await ask()).toMatchObject({ isOver: false, taken: { [KEY]: '1' } });
    for (let denied = 0; denied < 9; denied += 1) {
      const decision = await ask();
      expect(decision).toMatchObject({ isOver: true });
      expect(decision).not.toHaveProperty('taken');
    }
    expect(await ask(-1)).toMatchObject({ isOver: false });
    expect(await ask()).toMatchObject({ isOver: false });
    expect(await ask()).toMatchObject({ isOver: true });
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
    expect([await ask(), await ask()]).toMatchObject([{ taken: { [KEY]: '1' } }, { taken: { [KEY]: '1' } }]);
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
