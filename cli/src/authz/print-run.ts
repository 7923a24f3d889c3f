import type { TableRun } from '@paymesh/ext-authz';

import { table } from '../output/index.ts';

const GREEN = '\u001b[32m';
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** One line a test; of a failed one what was expected and what came. */
export function printResults(results: TableRun['results'], { color }: { readonly color: boolean }): string {
  const mark = (isGood: boolean) => {
    const word = isGood ? 'ok' : 'FAILED';
    return color ? `${isGood ? GREEN : RED}${word}${PLAIN}` : word;
  };
  const lines = results.map(({ name, policy, isAsExpected, expected, got }) => {
    const line = `${mark(isAsExpected)}  ${policy}  ${name}`;
    return isAsExpected ? line : `${line}\n    expected ${expected}\n    got      ${got}`;
  });
  const failed = results.filter(({ isAsExpected }) => !isAsExpected).length;
  return [...lines, '', `${results.length - failed} as expected, ${failed} not`].join('\n');
}

/** How many tests of each policy ask for an allow, and how many for a denial. */
export function printCoverage(coverage: TableRun['coverage']): string {
  const rows = coverage.map(({ policy, allows, denies }) => [
    policy,
    String(allows),
    String(denies),
    allows > 0 && denies > 0 ? 'yes' : 'NO',
  ]);
  return table([['POLICY', 'ALLOWED', 'DENIED', 'COVERED'], ...rows]);
}
