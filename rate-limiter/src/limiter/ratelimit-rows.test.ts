import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';

import { createLiveRules, loadRules } from '../config/index.ts';
import { createTestLimiter, descriptor, rulesFrom, rulesOf } from '../testing/index.ts';
import { counterKey, ratelimitKey } from './counter-key.ts';
import type { Decision } from './types.ts';

// The rows of the table of envoyproxy/ratelimit's own tests that no other test of this folder or of config/ names.

const ROWS = 60;

test('each row is the case of a test', () => {
  const named = new Set<number>();
  for (const folder of ['.', '../config']) {
    const dir = join(import.meta.dirname, folder);
    for (const name of readdirSync(dir).filter((file) => file.endsWith('.test.ts'))) {
      for (const [, row] of readFileSync(join(dir, name), 'utf8').matchAll(/'\[(\d+)\]/g))
        named.add(Number(row));
    }
  }
  expect([...named].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
});

const limited = (limit: string): string => `{key: k, rate_limit: {${limit}}}`;
const file = (nodes: string, path = 'a.yaml', domain = 'd') => ({
  path,
  text: `domain: ${domain}\ndescriptors: [${nodes}]`,
});

function decided(decision: Decision): Extract<Decision, { kind: 'decided' }> {
  if (decision.kind !== 'decided') throw new Error(`not decided: ${decision.message}`);
  return decision;
}

describe('files that are refused', () => {
  const day = 'unit: day, requests_per_unit: 1';
  test.each<[string, readonly { path: string; text: string }[], string, string]>([
    ['[18] an empty domain', [file('', 'a.yaml', '""')], 'RL2001', 'domain'],
    ['[19] a domain twice', [file(''), file('', 'b.yaml')], 'RL2002', '"d" again'],
    ['[20] an empty key', [file('{key: ""}')], 'RL2003', 'key'],
    ['[21] a key twice', [file('{key: k}, {key: k}')], 'RL2004', '"k" again'],
    ['[23] a unit that is none', [file(limited('unit: foo, requests_per_unit: 1'))], 'RL2005', '"foo"'],
    [
      '[24] a rule that replaces itself',
      [file(limited(`${day}, name: n, replaces: [{name: n}]`))],
      'RL2008',
      '"n"',
    ],
    [
      '[25] a replacement without a name',
      [file(limited(`${day}, replaces: [{name: ""}]`))],
      'RL2007',
      'name',
    ],
    ['[26] text that is no YAML', [{ path: 'a.yaml', text: 'domain: [' }], 'RL1001', 'YAML'],
    ['[27] a misspelt key', [file('{key: k, ley: x}')], 'RL1004', '"ley"'],
    ['[27] another one', [file('{key: k, ratelimit: {unit: day}}')], 'RL1004', '"ratelimit"'],
    ['[28] a key that is a number', [file('{key: k, 1: x}')], 'RL1004', '"1"'],
    ['[29] texts in place of descriptors', [file('a, b')], 'RL1003', '"a"'],
    ['[29] unlimited with a unit', [file(limited(`${day}, unlimited: true`))], 'RL2006', 'unlimited'],
  ])('%s', (_name, files, code, got) => {
    const loaded = loadRules(files);
    expect([loaded.kind, loaded.findings[0]?.code]).toEqual(['refused', code]);
    const { path, expected, got: found } = loaded.findings[0] ?? {};
    expect(`${path} ${expected} ${found}`).toContain(got);
  });

  test('[22] a key twice in files that are merged', () => {
    const { kind, findings } = loadRules([file('{key: k}'), file('{key: k}', 'b.yaml')], {
      mergesDomains: true,
    });
    expect([kind, findings.map(({ code, at }) => [code, at.file])]).toEqual([
      'refused',
      [['RL2004', 'b.yaml']],
    ]);
  });
});

test('[15] a limit in a request of a domain that is not configured is none', async () => {
  const { limiter } = createTestLimiter(rulesOf('basic'));
  const override = { requests: 10, unit: 'day' } as const;
  const decision = await limiter.decide({ domain: 'x', descriptors: [descriptor(['a=b'], { override })] });
  expect(decided(decision).statuses).toEqual([{ isOver: false, remaining: 0 }]);
});

describe('names of counters', () => {
  const minute = {
    kind: 'rate',
    requests: 1,
    period: { unit: 'second', every: 1 },
    algorithm: { kind: 'fixed' },
  } as const;
  test.each([
    ['', 'domain_key_value_'],
    ['prefix:', 'prefix:domain_key_value_'],
  ])('[38] beside an envoyproxy/ratelimit with the prefix "%s"', (prefix, expected) => {
    const name = ratelimitKey(prefix)('domain', [{ key: 'key', value: 'value' }], minute);
    expect(name).toBe(expected);
    expect(counterKey('domain', [], minute)).not.toBe(expected);
  });
});

describe('numbers', () => {
  test('[39] a descriptor that nothing limits is OK with nothing left', async () => {
    const { limiter } = createTestLimiter(rulesFrom([file(limited('unit: day, requests_per_unit: 1'))]));
    const decision = await limiter.decide({ domain: 'd', descriptors: [descriptor(['other=x'])] });
    expect(decided(decision)).toMatchObject({ isOver: false, statuses: [{ isOver: false, remaining: 0 }] });
  });

  test.each([
    ['[40] a limit of 5, before 2, after 7', 5, 2, 5, true, 0],
    ['[41] a limit of 10, before 2, after 6', 10, 2, 4, false, 4],
    ['[45] a limit of 20, hits 3, after 5', 20, 2, 3, false, 15],
    ['[46] a limit of 20, hits 3, after 22', 20, 19, 3, true, 0],
    ['[47] a limit of 10, hits 3, after 30', 10, 27, 3, true, 0],
  ])('%s', async (_name, limit, before, hits, isOver, remaining) => {
    const rules = rulesFrom([file(limited(`unit: day, requests_per_unit: ${limit}`))]);
    const { limiter } = createTestLimiter(rules);
    const ask = async (count: number) => {
      const descriptors = [descriptor(['k=a'], { hits: count })];
      return decided(await limiter.decide({ domain: 'd', descriptors })).statuses[0];
    };
    await ask(before);
    expect(await ask(hits)).toMatchObject({ isOver, remaining });
  });

  test('[42] over in shadow stays OK with nothing left, and is told each time', async () => {
    const node = '{key: k, shadow_mode: true, rate_limit: {unit: day, requests_per_unit: 1}}';
    const { limiter, observed } = createTestLimiter(rulesFrom([file(node)]));
    const ask = async () =>
      decided(await limiter.decide({ domain: 'd', descriptors: [descriptor(['k=a'])] })).statuses[0];
    await ask();
    expect([await ask(), await ask()]).toMatchObject([
      { isOver: false, remaining: 0 },
      { isOver: false, remaining: 0 },
    ]);
    expect(observed.map((told) => told[3])).toEqual(['near', 'shadow_over', 'shadow_over']);
  });

  test.each([
    ['minute', 1_234, 1_200 + 60],
    ['hour', 1_000_000, 997_200 + 3_600],
    ['day', 1_000_000, 950_400 + 86_400],
  ])('[43] the window of a %s at second %i ends at %i', async (unit, atSeconds, endSeconds) => {
    const rules = rulesFrom([file(limited(`unit: ${unit}, requests_per_unit: 1`))]);
    const { limiter } = createTestLimiter(rules, { atSeconds });
    const decision = await limiter.decide({ domain: 'd', descriptors: [descriptor(['k=a'])] });
    expect(decided(decision).statuses[0]?.limit?.resetSeconds).toBe(endSeconds - atSeconds);
  });

  test('[48] with denied requests spared, what is not over takes nothing of one', async () => {
    const nodes = [1, 9].map(
      (requests, index) => `{key: k${index}, rate_limit: {unit: day, requests_per_unit: ${requests}}}`,
    );
    const loaded = loadRules([file(nodes.join())], { isSpared: true });
    if (loaded.kind !== 'loaded') throw new Error('refused');
    const { limiter } = createTestLimiter(loaded.rules);
    const ask = async () => {
      const descriptors = [descriptor(['k0=a']), descriptor(['k1=a'])];
      return decided(await limiter.decide({ domain: 'd', descriptors })).statuses.map((status) => [
        status.isOver,
        status.remaining,
      ]);
    };
    expect(await ask()).toEqual([
      [false, 0],
      [false, 8],
    ]);
    expect(await ask()).toEqual([
      [true, 0],
      [false, 8],
    ]);
  });
});

test('[58] an unknown domain is OK without a limit, and limited once a reload has its rule, until its file is gone', async () => {
  const log = createLogger({ service: 'rate-limiter', level: 'silent' });
  const loads: boolean[] = [];
  const rules = createLiveRules({ log, onLoad: (isLoaded) => loads.push(isLoaded) });
  const limitOf = async () => {
    const { limiter } = createTestLimiter(rules.current());
    const decision = await limiter.decide({ domain: 'd', descriptors: [descriptor(['k=a'])] });
    return decided(decision).statuses.map(({ limit, remaining }) => [limit?.requests, remaining]);
  };
  const other = file('', 'other.yaml', 'other');
  rules.apply({ folder: [other] });
  expect(await limitOf()).toEqual([[undefined, 0]]);
  rules.apply({ folder: [file(limited('unit: minute, requests_per_unit: 50')), other] });
  expect(await limitOf()).toEqual([[50, 49]]);
  rules.apply({ folder: [other] });
  expect(await limitOf()).toEqual([[undefined, 0]]);
  expect(loads).toEqual([true, true, true]);
});
