import { describe, expect, test } from '@jest/globals';

import { createTestLimiter, descriptor, request, rulesFrom, rulesOf } from '../testing/index.ts';
import type { Decision, DescriptorStatus } from './types.ts';

/** Numbers in brackets are the cases of envoyproxy/ratelimit's own tests, in our table of its semantics. */

async function statusesOf(file: string, ...descriptors: readonly (readonly string[])[]) {
  const decision = await createTestLimiter(rulesOf(file)).limiter.decide(request(...descriptors));
  return decided(decision).statuses;
}

function decided(decision: Decision): Extract<Decision, { kind: 'decided' }> {
  if (decision.kind !== 'decided') throw new Error(`not decided: ${decision.message}`);
  return decision;
}

function limitText(status: DescriptorStatus | undefined): string {
  if (status?.limit === undefined) return status?.remaining === 4_294_967_295 ? 'unlimited' : 'none';
  const { requests, allowance } = status.limit;
  return `${requests}/${allowance.kind === 'rate' ? allowance.period.unit : allowance.kind}`;
}

describe('matching', () => {
  test.each([
    ['[2] a descriptor without entries', 'basic', [], 'none'],
    ['[3] another value than the one declared', 'basic', ['key1=x'], 'none'],
    ['[4] only the parent of a rule', 'basic', ['key1=value1'], 'none'],
    ['[5] two entries on a rule of one', 'basic', ['key2=a', 'key2=b'], 'none'],
    ['[6] a parent with a limit, a child that does not match', 'basic', ['key5=value5', 'subkey5=x'], 'none'],
    ['[6] that parent alone', 'basic', ['key5=value5'], '15/day'],
    ['[6] its child', 'basic', ['key5=value5', 'subkey5=subvalue5'], '25/day'],
    ['[7] a nested key that takes every value', 'basic', ['key1=value1', 'subkey1=any'], '5/second'],
    ['[8] a nested exact value', 'basic', ['key1=value1', 'subkey1=subvalue1'], '10/second'],
    ['[9] a key that takes every value', 'basic', ['key2=any'], '20/minute'],
    ['[9] its exact sibling', 'basic', ['key2=value2'], '30/minute'],
    ['[9] the empty value of such a key', 'basic', ['key2='], '20/minute'],
    ['[10] a value without a limit is exempt', 'basic', ['key2=value3'], 'none'],
    ['[11] an hour', 'basic', ['key3=any'], '1/hour'],
    ['[12] an unlimited rule', 'basic', ['key6=any'], 'unlimited'],
    ['[13] detailed_metric changes no limit', 'basic', ['key7=any'], '70/minute'],
    ['an unknown key', 'basic', ['key8=any'], 'none'],
    ['[31] foo* and foo1', 'wildcard', ['wild=foo1'], '20/minute'],
    ['[31] foo* and foo', 'wildcard', ['wild=foo'], '20/minute'],
    ['[31] foo* and bar', 'wildcard', ['wild=bar'], 'none'],
    ['[32] foo and foo1', 'wildcard', ['noWild=foo1'], 'none'],
    ['[33] bar*b and barab', 'wildcard', ['midWild=barab'], '20/minute'],
    ['[33] bar*b and barb', 'wildcard', ['midWild=barb'], '20/minute'],
    ['[33] bar*b and bara', 'wildcard', ['midWild=bara'], 'none'],
    ['[33] bar*b and xbarb', 'wildcard', ['midWild=xbarb'], 'none'],
    ['[34] foo*bar*baz and foobarbaz', 'wildcard', ['multiWild=foobarbaz'], '10/minute'],
    ['[34] foo*bar*baz and foo123baz', 'wildcard', ['multiWild=foo123baz'], 'none'],
    ['[34] foo*bar*baz and bar456baz', 'wildcard', ['multiWild=bar456baz'], 'none'],
    ['a nested wildcard', 'wildcard', ['nestedWild=val1', 'wild=goon'], '20/minute'],
    ['the first declared wildcard', 'wildcard', ['order=abc'], '1/minute'],
    ['the text of a wildcard itself', 'wildcard', ['order=ab*'], '2/minute'],
    ['a value that no wildcard takes', 'wildcard', ['order=b'], '3/minute'],
    ['a wildcard in a key', 'wildcard', ['headache=any'], '4/minute'],
    ['a wildcard in a key with a value', 'wildcard', ['tailor=x'], '5/minute'],
    ['a wildcard in a key with another value', 'wildcard', ['tailor=y'], 'none'],
    ['[36] an exact value beside a shared wildcard', 'share', ['file=test1'], '50/minute'],
  ])('%s', async (_name, file, entries, expected) => {
    expect((await statusesOf(file, entries)).map(limitText)).toEqual([expected]);
  });

  test('[1] a domain that is not configured has no limits, whatever the request says', async () => {
    const { limiter, observed } = createTestLimiter(rulesOf('basic'));
    const override = { requests: 0, unit: 'second' } as const;
    const decision = await limiter.decide({
      domain: 'other',
      descriptors: [descriptor(['key2=a'], { override })],
    });
    expect(decision).toEqual({ kind: 'decided', isOver: false, statuses: [{ isOver: false, remaining: 0 }] });
    expect(observed).toEqual([['unmatched', undefined]]);
  });

  test('[11] the name of a rule is told', async () => {
    expect((await statusesOf('basic', ['key4=a']))[0]?.limit?.name).toBe('key4_rate_limit');
  });

  test.each([
    ['404', '1/minute'],
    ['true', '2/minute'],
    ['yes', '3/minute'],
    ['01234', '16/minute'],
    ['1_000', '8/minute'],
    ['0x1F', '1000/minute'],
    ['2024-01-01', '7/week'],
    ['1.5', '8/month'],
    ['1234', '9/year'],
    ['31', '9/year'],
  ])('the value %s matches as it is written', async (value, expected) => {
    const { limiter } = createTestLimiter(rulesOf('kinds'));
    const decision = await limiter.decide({ domain: 'kinds', descriptors: [descriptor([`v=${value}`])] });
    expect(decided(decision).statuses.map(limitText)).toEqual([expected]);
  });

  test('a merge key takes the fields of an anchor over', async () => {
    const rules = rulesOf('kinds').specs[0]?.nodes.filter(({ key }) => key === 'base');
    expect(rules?.map(({ value, rules: [rule] }) => [value, rule?.isShadow])).toEqual([
      [{ kind: 'exact', value: 'a' }, true],
      [{ kind: 'exact', value: 'b' }, false],
    ]);
  });

  test.each([
    ['above', '<<: *base, key: own, shadow_mode: false'],
    ['below', 'key: own, shadow_mode: false, <<: *base'],
  ])('keys of the map itself win over a merge key %s them', (_place, fields) => {
    const base = '{key: base, shadow_mode: true, rate_limit: {unit: minute, requests_per_unit: 5}}';
    const text = `domain: d\ndescriptors:\n- &base ${base}\n- {${fields}}\n`;
    const nodes = rulesFrom([{ path: 'a.yaml', text }]).specs[0]?.nodes;
    expect(nodes?.map(({ key, rules: [rule] }) => [key, rule?.isShadow])).toEqual([
      ['base', true],
      ['own', false],
    ]);
  });

  test.each(['key: "us*r"', 'key: "us*r", value: x'])(
    'a shared counter of {%s} is not that of a value',
    async (node) => {
      const rule = 'share_threshold: true, rate_limit: {unit: year, requests_per_unit: 5}';
      const text = `domain: d\ndescriptors: [{${node}, ${rule}}]`;
      const { limiter } = createTestLimiter(rulesFrom([{ path: 'a.yaml', text }]));
      const own = { ...descriptor([node.includes('value') ? 'usr=x' : 'usr=*']) };
      const override = { requests: 9, unit: 'year' } as const;
      const decision = await limiter.decide({ domain: 'd', descriptors: [{ ...own, override }, own] });
      expect(decided(decision).statuses.map(({ remaining }) => remaining)).toEqual([8, 4]);
    },
  );

  test('keys and values are never run together', async () => {
    const rules = rulesFrom([
      {
        path: 'a.yaml',
        text: `
domain: test-domain
descriptors:
- {key: a, value: b_c, rate_limit: {unit: minute, requests_per_unit: 1}}
- {key: a_b, value: c, rate_limit: {unit: minute, requests_per_unit: 1}}
- {key: a_b, rate_limit: {unit: minute, requests_per_unit: 5}}
- {key: a, value: b, rate_limit: {unit: minute, requests_per_unit: 6}}
`,
      },
    ]);
    const { limiter } = createTestLimiter(rules);
    const first = decided(await limiter.decide(request(['a=b_c'], ['a_b=c'], ['a_b_c=x'])));
    expect(
      first.statuses.map(({ remaining, isOver, limit }) => [limit?.requests, remaining, isOver]),
    ).toEqual([
      [1, 0, false],
      [1, 0, false],
      [undefined, 0, false],
    ]);
  });
});

describe('sharing a counter', () => {
  const remainingOf = async (entries: readonly (readonly string[])[]) =>
    (await statusesOf('share', ...entries)).map(({ remaining }) => remaining);

  test.each([
    ['[35] values under a shared wildcard', [['files=files/a'], ['files=files/b']], [99, 98]],
    ['[57] values under another wildcard', [['plain=files/a'], ['plain=files/b']], [99, 99]],
    ['[36] the exact value counts apart', [['file=test1'], ['file=test2'], ['file=test3']], [49, 99, 98]],
    [
      '[37] only the parent is shared',
      [
        ['path=path/a', 'file=file/1'],
        ['path=path/b', 'file=file/1'],
        ['path=path/a', 'file=file/2'],
      ],
      [119, 118, 119],
    ],
    ['a wildcard in the middle', [['midpath=/api/x/v1'], ['midpath=/api/y/v1']], [99, 98]],
  ])('%s', async (_name, entries, expected) => {
    expect(await remainingOf(entries)).toEqual(expected);
  });

  test('a value cannot pose as the shared counter', async () => {
    // "files/*" is the very text of the pattern: the same counter, as in envoyproxy/ratelimit.
    expect(await remainingOf([['files=files/a'], ['files=files/*']])).toEqual([99, 98]);
  });
});

describe('limits in the request', () => {
  const override = { requests: 10, unit: 'day' } as const;

  test('[16] stands in for the rule', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const entries = ['key1=value1', 'subkey1=any'];
    const decision = await limiter.decide({
      domain: 'test-domain',
      descriptors: [descriptor(entries, { override })],
    });
    expect(decided(decision).statuses.map(limitText)).toEqual(['10/day']);
  });

  test('[17] shares the counter of a rule with the same unit, and no other', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const minute = { requests: 42, unit: 'minute' } as const;
    const hour = { requests: 42, unit: 'hour' } as const;
    const decision = await limiter.decide({
      domain: 'test-domain',
      descriptors: [
        descriptor(['key2=a']),
        descriptor(['key2=a'], { override: minute }),
        descriptor(['key2=a'], { override: hour }),
      ],
    });
    expect(decided(decision).statuses.map(({ remaining }) => remaining)).toEqual([19, 40, 41]);
  });

  test('an unknown unit is an error of the request', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const unknown = { requests: 1, unit: undefined };
    const descriptors = [descriptor(['key2=a']), descriptor(['key2=a'], { override: unknown })];
    expect(await limiter.decide({ domain: 'test-domain', descriptors })).toMatchObject({ kind: 'invalid' });
    const after = await limiter.decide(request(['key2=a']));
    expect(decided(after).statuses.map(({ remaining }) => remaining)).toEqual([19]);
  });
});

describe('shadow rules', () => {
  test.each([
    ['[30] a nested flag', ['key1=value1', 'subkey1=subvalue1'], false],
    ['[30] its sibling without one', ['key1=value1', 'subkey1=x'], true],
    ['[30] a flag on the key', ['key2=x'], false],
    ['[30] absent on the exact value', ['key2=value2'], true],
  ])('%s', async (_name, entries, isOver) => {
    const { limiter, observed } = createTestLimiter(rulesOf('shadow'));
    const decision = decided(await limiter.decide(request(entries)));
    expect(decision.isOver).toBe(isOver);
    expect(decision.statuses).toMatchObject([{ isOver, remaining: 0, limit: { requests: 0 } }]);
    expect(observed[0]?.[3]).toBe(isOver ? 'over' : 'shadow_over');
  });

  test('[50] beside a plain limit that is over, the answer is over', async () => {
    const { limiter } = createTestLimiter(rulesOf('shadow'));
    const decision = decided(await limiter.decide(request(['key2=x'], ['key2=value2'])));
    expect([decision.isOver, decision.statuses.map(({ isOver }) => isOver)]).toEqual([true, [false, true]]);
  });

  test('of all: the answer is OK, statuses tell the truth', async () => {
    const modes = { isShadow: true, isQuota: false };
    const { limiter } = createTestLimiter(rulesOf('shadow'), { modes });
    const decision = decided(await limiter.decide(request(['key2=value2'])));
    expect(decision).toMatchObject({ isOver: false, statuses: [{ isOver: true }] });
    expect(decision.retryAfterSeconds).toBeUndefined();
  });
});

describe('quota rules', () => {
  const none = { isShadow: false, isQuota: false };
  test.each([
    ['[54] all over', [['quota=a'], ['quota=b']], none, true],
    ['[54] some over', [['quota=a'], ['open-quota=b']], none, false],
    ['[54] over beside a plain limit that is not', [['quota=a'], ['open=b']], none, true],
    ['[54] all over and a plain limit over', [['quota=a'], ['plain=b']], none, true],
    ['[54] some over and a plain limit over', [['quota=a'], ['open-quota=b'], ['plain=b']], none, true],
    ['[54] in global shadow', [['quota=a'], ['plain=b']], { isShadow: true, isQuota: false }, false],
    ['an unlimited descriptor is no part of it', [['quota=a'], ['free=b']], none, true],
    ['global: plain limits are quota', [['plain=a'], ['open=b']], { isShadow: false, isQuota: true }, false],
    ['global: all over', [['plain=a'], ['plain=b']], { isShadow: false, isQuota: true }, true],
    [
      'global: an unmatched one keeps it OK',
      [['plain=a'], ['none=b']],
      { isShadow: false, isQuota: true },
      false,
    ],
    [
      'global: an unlimited one does not',
      [['plain=a'], ['free=b']],
      { isShadow: false, isQuota: true },
      true,
    ],
  ])('%s', async (_name, entries, modes, isOver) => {
    const { limiter } = createTestLimiter(rulesOf('quota'), { modes });
    expect(decided(await limiter.decide(request(...entries))).isOver).toBe(isOver);
  });

  test('their statuses keep the truth', async () => {
    const statuses = await statusesOf('quota', ['quota=a'], ['open-quota=b']);
    expect(statuses.map(({ isOver }) => isOver)).toEqual([true, false]);
  });
});

describe('replaces', () => {
  test('[59] the replaced counter stays untouched', async () => {
    const { limiter } = createTestLimiter(rulesOf('replaces'));
    const both = request(['banned=a'], ['pardon=a']);
    const answers: boolean[] = [];
    for (let i = 0; i < 3; i += 1) answers.push(decided(await limiter.decide(both)).isOver);
    expect(answers).toEqual([false, false, true]);
    expect(decided(await limiter.decide(request(['banned=a']))).isOver).toBe(true);
  });

  test.each([
    ['both when they name each other', [['left=a'], ['right=a']], ['none', 'none']],
    ['one that is not there', [['left=a']], ['0/minute']],
    ['all of one name', [['banned=a'], ['banned2=a'], ['pardon=a']], ['none', 'none', '2/minute']],
    ['by an unlimited rule', [['banned=a'], ['amnesty=a']], ['none', 'unlimited']],
  ])('drops %s', async (_name, entries, expected) => {
    expect((await statusesOf('replaces', ...entries)).map(limitText)).toEqual(expected);
  });
});

describe('counting', () => {
  test('[55] 20 a minute, 25 hits', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const seen: (number | 'over')[] = [];
    for (let i = 0; i < 25; i += 1) {
      const [status] = decided(await limiter.decide(request(['key2=a']))).statuses;
      seen.push(status?.isOver === true ? 'over' : (status?.remaining ?? -1));
    }
    const down = Array.from({ length: 20 }, (_, index) => 19 - index);
    expect(seen).toEqual([...down, 'over', 'over', 'over', 'over', 'over']);
  });

  test('[56] a second limit that is over does not stop the first from counting', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const overall: boolean[] = [];
    for (let i = 0; i < 3; i += 1)
      overall.push(decided(await limiter.decide(request(['key2=a'], ['key3=a']))).isOver);
    expect(overall).toEqual([false, true, true]);
    const [status] = decided(await limiter.decide(request(['key2=a']))).statuses;
    expect(status?.remaining).toBe(16);
  });

  test('[44] hits are those of the descriptor; 0 only reads', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const ask = async (hits: number) => {
      const decision = await limiter.decide({
        domain: 'test-domain',
        descriptors: [descriptor(['key2=a'], { hits })],
      });
      return decided(decision).statuses.map(({ isOver, remaining }) => [isOver, remaining]);
    };
    expect([
      await ask(0),
      await ask(3),
      await ask(0),
      await ask(17),
      await ask(0),
      await ask(1),
      await ask(0),
    ]).toEqual([
      [[false, 20]],
      [[false, 17]],
      [[false, 17]],
      [[false, 0]],
      [[false, 0]],
      [[true, 0]],
      [[true, 0]],
    ]);
  });

  test('[46] hits above what is left are kept, and over', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const ask = async (hits: number) =>
      decided(
        await limiter.decide({ domain: 'test-domain', descriptors: [descriptor(['key2=a'], { hits })] }),
      ).isOver;
    expect([await ask(19), await ask(3), await ask(1)]).toEqual([false, true, true]);
  });

  test('negative hits give back, never below nothing', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const ask = async (hits: number) =>
      decided(
        await limiter.decide({ domain: 'test-domain', descriptors: [descriptor(['key2=a'], { hits })] }),
      ).statuses[0];
    await ask(21);
    expect(await ask(-5)).toMatchObject({ isOver: false, remaining: 4 });
    expect(await ask(-100)).toMatchObject({ isOver: false, remaining: 20 });
  });

  test('[60] hits 0 on the request and 1 on its end let one more through', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const ask = async (hits: number) =>
      decided(
        await limiter.decide({ domain: 'test-domain', descriptors: [descriptor(['key3=a'], { hits })] }),
      ).isOver;
    const passed: boolean[] = [];
    for (let i = 0; i < 3; i += 1) {
      const isOver = await ask(0);
      passed.push(!isOver);
      if (!isOver) await ask(1);
    }
    expect(passed).toEqual([true, true, false]);
  });

  test('counters saturate instead of failing', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'));
    const hits = 2 ** 50;
    const ask = async () =>
      decided(
        await limiter.decide({ domain: 'test-domain', descriptors: [descriptor(['key2=a'], { hits })] }),
      ).isOver;
    expect([await ask(), await ask(), await ask()]).toEqual([true, true, true]);
  });

  test('[51] the reset is in whole seconds to the end of the window', async () => {
    const { limiter, clock } = createTestLimiter(rulesOf('basic'), { atSeconds: 2_222 });
    const reset = async () =>
      decided(await limiter.decide(request(['key2=a']))).statuses[0]?.limit?.resetSeconds;
    expect(await reset()).toBe(58);
    clock.advance(57_999);
    expect(await reset()).toBe(1);
    clock.advance(1);
    expect(await reset()).toBe(60);
  });

  test('the next window counts from nothing', async () => {
    const { limiter, clock } = createTestLimiter(rulesOf('basic'));
    const ask = async () => decided(await limiter.decide(request(['key3=a']))).isOver;
    expect([await ask(), await ask()]).toEqual([false, true]);
    clock.advance(3_600_000);
    expect([await ask(), await ask()]).toEqual([false, true]);
  });
});

describe('answers', () => {
  test('[49] over and no limit: over, with a status for each', async () => {
    const { limiter } = createTestLimiter(rulesOf('quota'));
    const decision = decided(await limiter.decide(request(['plain=a'], ['none=b'])));
    expect(decision).toMatchObject({
      isOver: true,
      statuses: [{ isOver: true }, { isOver: false, remaining: 0 }],
    });
  });

  test('[53] limited, none, unlimited', async () => {
    const statuses = await statusesOf('quota', ['open=a'], ['none=b'], ['free=c']);
    expect(statuses.map(({ remaining }) => remaining)).toEqual([9, 0, 4_294_967_295]);
    expect(statuses.map(({ limit }) => limit === undefined)).toEqual([false, true, true]);
  });

  test('tells when to come back: after the longest of the windows that are over', async () => {
    const { limiter } = createTestLimiter(rulesOf('basic'), { atSeconds: 3_601 });
    const both = request(['key3=a'], ['key4=a']);
    expect(decided(await limiter.decide(both)).retryAfterSeconds).toBeUndefined();
    expect(decided(await limiter.decide(both)).retryAfterSeconds).toBe(86_400 - 3_601);
  });

  test.each([
    ['a quota is free again with its first rule', [['quota=a'], ['daily-quota=a']], 60],
    ['a quota that is not over does not count', [['plain=a'], ['daily-quota=a'], ['open-quota=a']], 60],
    ['a quota that is over beside a plain limit', [['plain=a'], ['daily-quota=a']], 86_400 - 1_200],
  ])('tells when to come back: %s', async (_name, entries, seconds) => {
    const { limiter } = createTestLimiter(rulesOf('quota'));
    expect(decided(await limiter.decide(request(...entries))).retryAfterSeconds).toBe(seconds);
  });

  test.each([
    [
      '[52] an empty domain',
      { domain: '', descriptors: [descriptor(['a=b'])] },
      'rate limit domain must not be empty',
    ],
    ['[52] no descriptor', { domain: 'a', descriptors: [] }, 'rate limit descriptor list must not be empty'],
    [
      'too many descriptors',
      { domain: 'a', descriptors: Array.from({ length: 1_001 }, () => descriptor(['a=b'])) },
      'a request has at most 1000 descriptors',
    ],
    [
      'too many entries',
      { domain: 'a', descriptors: [descriptor(Array.from({ length: 101 }, () => 'a=b'))] },
      'a descriptor has at most 100 entries',
    ],
  ])('%s is an error', async (_name, asked, message) => {
    expect(await createTestLimiter(rulesOf('basic')).limiter.decide(asked)).toEqual({
      kind: 'invalid',
      message,
    });
  });

  test('[52] no configuration yet', async () => {
    const { limiter } = createTestLimiter(undefined);
    const message = 'no rate limit configuration loaded';
    expect(await limiter.decide(request(['a=b']))).toEqual({ kind: 'unavailable', message });
  });
});

describe('what is observed', () => {
  test.each([
    ['within', 16, 'within'],
    ['near, above four fifths', 17, 'near'],
    ['near, at the limit', 20, 'near'],
    ['over', 21, 'over'],
  ])('%s', async (_name, hits, outcome) => {
    const { limiter, observed } = createTestLimiter(rulesOf('basic'));
    await limiter.decide({ domain: 'test-domain', descriptors: [descriptor(['key2=secret'], { hits })] });
    expect(observed).toEqual([['decided', 'test-domain', 'key2', outcome]]);
  });

  test('labels come from the configuration, never from the request', async () => {
    const { limiter, observed } = createTestLimiter(rulesOf('basic'));
    const override = { requests: 1, unit: 'day' } as const;
    await limiter.decide({
      domain: 'test-domain',
      descriptors: [
        descriptor(['key7=x']),
        descriptor(['q=x'], { override }),
        descriptor(['q=x']),
        descriptor(['key6=x']),
      ],
    });
    expect(observed).toEqual([
      ['decided', 'test-domain', 'key7', 'within'],
      ['decided', 'test-domain', 'override', 'near'],
      ['unmatched', 'test-domain'],
      ['decided', 'test-domain', 'key6', 'unlimited'],
    ]);
  });
});
