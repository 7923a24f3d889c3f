import { describe, expect, test } from '@jest/globals';

import { describeRules } from '../describe-rules.ts';
import { createTestLimiter, request, rulesFrom, rulesOf } from '../testing/index.ts';
import { loadRules } from './load-rules.ts';

const rules = rulesOf('extensions');

/** How many of some requests pass, one after another. */
async function passed(key: string, times: number, limiter = createTestLimiter(rules).limiter) {
  let count = 0;
  for (let index = 0; index < times; index += 1) {
    const decision = await limiter.decide(request([`${key}=x`]));
    if ('isOver' in decision && !decision.isOver) count += 1;
  }
  return count;
}

describe('what is not of envoyproxy/ratelimit', () => {
  test('each limit is what it says', () => {
    const [domain] = describeRules(rules);
    expect(domain?.rules.map(({ label, limit }) => `${label}: ${limit}`)).toEqual([
      'fixed: 2/10minute',
      'sliding: 2/minute sliding',
      'bucket: 60/minute burst 2',
      'calendar: 2/day Asia/Shanghai',
      'spared: 2/minute',
      'held: 2 at once',
      'both#1: 2/second',
      'both#hourly: 3/hour',
    ]);
  });

  test.each(['fixed', 'sliding', 'bucket', 'calendar', 'spared', 'held'])('%s', async (key) => {
    expect(await passed(key, 5)).toBe(2);
  });

  test('all limits of a descriptor hold', async () => {
    const { limiter, clock } = createTestLimiter(rules);
    expect(await passed('both', 5, limiter)).toBe(2);
    clock.advance(1_000);
    // Those denied counted too, as they do in envoyproxy/ratelimit.
    expect(await passed('both', 5, limiter)).toBe(0);
  });

  test('metadata is kept as JSON, with every limit of its descriptor', () => {
    const metadata = { tier: 'gold', weight: 5, nested: { on: true, list: [1, 2.5, null, 'x'] } };
    const both = rules.specs[0]?.nodes.at(-1);
    expect(both?.rules).toEqual([
      expect.objectContaining({ metadata }),
      expect.objectContaining({ metadata }),
    ]);
  });

  test('concurrency spares the denied and tells what was taken under its name', () => {
    const held = rules.specs[0]?.nodes.find(({ key }) => key === 'held');
    expect(held?.rules).toEqual([expect.objectContaining({ isSpared: true, takenKey: 'taken.under-way' })]);
  });

  test('all rules spare the denied where that is asked for, but those that say otherwise', () => {
    const limit = (more: string) => `rate_limit: {unit: day, requests_per_unit: 1${more}}`;
    const text = `domain: d\ndescriptors: [{key: a, ${limit('')}}, {key: b, ${limit(', consume: always')}}]`;
    const spared = (isSpared: boolean) => {
      const loaded = loadRules([{ path: 'x.yaml', text }], { isSpared });
      if (loaded.kind !== 'loaded') throw new Error(loaded.kind);
      return loaded.rules.specs[0]?.nodes.map(({ rules: own }) => own[0]?.isSpared);
    };
    expect([spared(false), spared(true)]).toEqual([
      [false, false],
      [true, false],
    ]);
  });

  test('warnings of many siblings cost little', () => {
    const nodes = Array.from({ length: 5_000 }, (_, index) => {
      return `- {key: a, value: "v${index}*", rate_limit: {unit: day, requests_per_unit: 1}}`;
    });
    const text = `domain: d\ndescriptors:\n- {key: a, descriptors: [{key: b}]}\n${nodes.join('\n')}`;
    const startedMs = performance.now();
    rulesFrom([{ path: 'x.yaml', text }]);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
