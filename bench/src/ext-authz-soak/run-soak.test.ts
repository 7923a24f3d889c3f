import { describe, expect, test } from '@jest/globals';

import { reportLines } from './report.ts';
import { runSoak } from './run-soak.ts';
import { senders } from './senders.ts';

const CHECKS = 2_000;
const FEW = 200;
/** Nine pairs of RSA keys are made first. */
const TIMEOUT_MS = 60_000;

describe('runSoak', () => {
  test(
    'finds nothing wrong, and lets each scheme through',
    async () => {
      const result = await runSoak({ checks: CHECKS, seed: 1 });
      expect(result.tally.failures).toEqual([]);
      expect(Object.fromEntries(result.tally.wrong)).toEqual({});
      for (const { name } of senders)
        expect(result.tally.outcomes.get(name)?.get('allow')).toBeGreaterThan(0);
      const lines = reportLines(result, 1);
      expect(lines[0]).toContain(`seed 1; ${CHECKS} checks`);
      expect(lines.at(-1)).toBe('verdict: ok');
    },
    TIMEOUT_MS,
  );

  test(
    'does the same again for the same seed',
    async () => {
      const [one, other] = [await runSoak({ checks: FEW, seed: 5 }), await runSoak({ checks: FEW, seed: 5 })];
      const kinds = ({ tally }: typeof one) =>
        [...tally.outcomes].map(([name, counts]) => [name, sum(counts)]);
      expect(kinds(one)).toEqual(kinds(other));
    },
    TIMEOUT_MS,
  );
});

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((one, other) => one + other, 0);
}
