import { expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';

import { createLiveRules } from './live-rules.ts';

test('a refused set says how many errors it has, warnings not among them', () => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLogger({ service: 'rate-limiter', destination: { write } });
  const rules = createLiveRules({ log, onLoad: () => undefined });
  const nothingPasses = '{key: a, rate_limit: {unit: day}}';
  const file = { path: 'a.yaml', text: `domain: d\ndescriptors: [${nothingPasses}, {kye: b}]` };
  expect(rules.apply({ folder: [file] })).toBe(false);
  expect(rules.findings().map(({ severity }) => severity)).toEqual(['warning', 'error', 'error']);
  expect(lines.at(-1)).toMatchObject({ msg: 'rules refused', errors: 2, keepsLast: false });
});
