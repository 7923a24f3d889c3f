import { describe, expect, test } from '@jest/globals';

import { buildRuleSet, type OnStoreDown, type Rule } from '../match/index.ts';
import { type CounterStore, createEmbeddedStore, type Taken } from '../store/index.ts';
import { createTestLimiter, request } from '../testing/index.ts';

const DOWN: Taken = { kind: 'down', reason: 'the store is away' };
const downStore: CounterStore = { take: () => Promise.resolve(DOWN), close: () => Promise.resolve() };

function rule(label: string, requests: number, onStoreDown: OnStoreDown): Rule {
  return {
    label,
    name: label,
    allowance: { kind: 'rate', requests, period: { unit: 'minute', every: 1 }, algorithm: { kind: 'fixed' } },
    isSpared: false,
    replaces: [],
    isShadow: false,
    isQuota: false,
    sendsRetryAfter: true,
    onStoreDown,
  };
}

const fallbacks: readonly Rule[] = [
  rule('open', 10, { kind: 'open' }),
  rule('closed', 10, { kind: 'closed' }),
  rule('half', 10, { kind: 'local', factor: 0.5 }),
  rule('scrap', 1, { kind: 'local', factor: 0.1 }),
  rule('nothing', 0, { kind: 'local', factor: 1 }),
];
const rules = buildRuleSet([
  {
    domain: 'test-domain',
    nodes: fallbacks.map((each) => ({
      key: each.label,
      isKeyPattern: false,
      value: { kind: 'any' },
      sharesCounter: false,
      rules: [each],
      children: [],
    })),
  },
]);

describe('without its store a limit', () => {
  test('that falls back to Local has its part of a burst too', async () => {
    const burst = rule('burst', 100, { kind: 'local', factor: 0.1 });
    const allowance = {
      kind: 'rate',
      requests: 100,
      period: { unit: 'hour', every: 1 },
      algorithm: { kind: 'bucket', burst: 100 },
    } as const;
    const node = {
      key: 'burst',
      isKeyPattern: false,
      value: { kind: 'any' },
      sharesCounter: false,
      children: [],
    } as const;
    const only = buildRuleSet([
      { domain: 'test-domain', nodes: [{ ...node, rules: [{ ...burst, allowance }] }] },
    ]);
    const { limiter } = createTestLimiter(only, { store: downStore });
    let passed = 0;
    for (let asked = 0; asked < 30; asked += 1) {
      const decision = await limiter.decide(request(['burst=a']));
      if (decision.kind === 'decided' && !decision.isOver) passed += 1;
    }
    expect(passed).toBe(10);
  });

  test('that falls back to Open passes, with all of it left', async () => {
    const { limiter, observed } = createTestLimiter(rules, { store: downStore });
    const decision = await limiter.decide(request(['open=a']));
    expect(decision).toMatchObject({ kind: 'decided', isOver: false, statuses: [{ remaining: 10 }] });
    expect(observed).toContainEqual(['fellBack', 'open']);
  });

  test('that falls back to Closed fails the call, and nothing else is counted', async () => {
    const { limiter, observed } = createTestLimiter(rules, { store: downStore });
    const both = await limiter.decide(request(['half=a'], ['closed=a']));
    expect(both).toEqual({ kind: 'unavailable', message: 'the store is away' });
    expect(observed).toEqual([['fellBack', 'closed']]);
    expect(await limiter.decide(request(['half=a']))).toMatchObject({ statuses: [{ remaining: 4 }] });
  });

  test.each([
    ['half=a', 5],
    ['scrap=a', 1],
    ['nothing=a', 0],
  ])('that falls back to Local counts by itself: %s lets %i through', async (entry, expected) => {
    const { limiter } = createTestLimiter(rules, { store: downStore });
    let passed = 0;
    for (let i = 0; i < 10; i += 1) {
      const decision = await limiter.decide(request([entry]));
      if (decision.kind === 'decided' && !decision.isOver) passed += 1;
    }
    expect(passed).toBe(expected);
  });

  test('tells the limit that holds meanwhile', async () => {
    const { limiter } = createTestLimiter(rules, { store: downStore });
    expect(await limiter.decide(request(['half=a']))).toMatchObject({
      statuses: [{ limit: { requests: 5 } }],
    });
  });
});

describe('with a store that is full', () => {
  const store = () => createEmbeddedStore({ maxCounters: 1 });

  test.each([
    ['open=b', 'decided'],
    ['half=b', 'decided'],
    ['closed=b', 'unavailable'],
  ])('a new counter falls back: %s is %s', async (entry, kind) => {
    const { limiter } = createTestLimiter(rules, { store: store() });
    await limiter.decide(request(['open=a']));
    expect((await limiter.decide(request([entry]))).kind).toBe(kind);
  });

  test('a known counter goes on', async () => {
    const { limiter } = createTestLimiter(rules, { store: store() });
    await limiter.decide(request(['closed=a']));
    expect(await limiter.decide(request(['closed=a']))).toMatchObject({ statuses: [{ remaining: 8 }] });
  });
});
