import { describe, expect, test } from '@jest/globals';

import { rulesFrom } from '../testing/index.ts';
import { createReplay, type LogLine, type ReplayOptions } from './index.ts';

function rules(perMinute: number) {
  const text = `domain: shop\ndescriptors: [{key: user, rate_limit: {unit: minute, requests_per_unit: ${perMinute}}}]`;
  return rulesFrom([{ path: 'a.yaml', text }]);
}

function line(user: string, second: number, more: Partial<LogLine> = {}): LogLine {
  const descriptors = [{ entries: [{ key: 'user', value: user }], hits: 1 }];
  return { timeMs: second * 1_000, request: { domain: 'shop', descriptors }, ...more };
}

async function run(options: ReplayOptions, lines: readonly LogLine[]) {
  const replay = createReplay(options);
  for (const one of lines) await replay.add(one);
  return replay.report();
}

/** 5 requests of a, 2 of b, then a again in the next minute. */
const LOG = [
  ...[0, 1, 2, 3, 4].map((second) => line('a', second)),
  line('b', 5),
  line('b', 6),
  line('a', 60),
];

describe('createReplay', () => {
  test('tells what rules would do to a log, at its own times', async () => {
    expect(await run({ rules: rules(2) }, LOG)).toEqual({
      requests: 8,
      fromMs: 0,
      toMs: 60_000,
      outOfOrder: 0,
      undecided: 0,
      limited: 3,
      against: 'nothing',
      limitedBefore: 0,
      newlyLimited: 0,
      newlyPassed: 0,
      rules: [{ domain: 'shop', label: 'user', decisions: 8, over: 3, decisionsBefore: 0, overBefore: 0 }],
      limitedKeys: [{ label: 'user', entries: ['user=a'], count: 3, error: 0 }],
      passedKeys: [],
    });
  });

  test('tells what changes against other rules, by rule and by key', async () => {
    expect(await run({ rules: rules(1), before: rules(3) }, LOG)).toMatchObject({
      against: 'rules',
      limited: 5,
      limitedBefore: 2,
      newlyLimited: 3,
      newlyPassed: 0,
      rules: [{ over: 5, overBefore: 2 }],
      limitedKeys: [
        { entries: ['user=a'], count: 2 },
        { entries: ['user=b'], count: 1 },
      ],
    });
    expect(await run({ rules: rules(9), before: rules(3) }, LOG)).toMatchObject({
      newlyLimited: 0,
      newlyPassed: 2,
      passedKeys: [{ label: 'user', entries: ['user=a'], count: 2 }],
    });
  });

  test('tells what changes against what the log says', async () => {
    const log = [line('a', 0, { wasOver: true }), line('a', 1, { wasOver: false })];
    expect(await run({ rules: rules(1) }, log)).toMatchObject({
      against: 'log',
      limited: 1,
      limitedBefore: 1,
      newlyLimited: 1,
      newlyPassed: 1,
    });
  });

  test('counts a line that comes late at the time of the one before it', async () => {
    const report = await run({ rules: rules(1) }, [line('a', 60), line('a', 59)]);
    expect(report).toMatchObject({ outOfOrder: 1, limited: 1, toMs: 60_000 });
  });
});
