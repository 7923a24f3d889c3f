import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';

import { readPolicies } from '../../policies/index.ts';
import { factsOf } from '../facts.ts';
import { rulesOf } from './all.ts';
import { type AlertCase, alertCases, type Series } from './testing/alert-cases.ts';
import { toPrometheus } from './to-prometheus.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const files = rulesOf(factsOf(await readPolicies(join(root, 'policies'))));
const alerts = files.flatMap(({ rules }) => rules.flatMap((rule) => ('name' in rule ? [rule.name] : [])));
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool && process.env['CI'] === 'true')
  throw new Error('CI has no promtool: install the package prometheus');

test('every alert has a firing and a silent case', () => {
  expect(Object.keys(alertCases).toSorted()).toEqual(alerts.toSorted());
});

(hasPromtool ? describe : describe.skip)('the rules (needs promtool)', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'paymesh-rules-'));

  beforeAll(() => {
    for (const file of files) writeFileSync(join(scratch, `${file.name}.yaml`), toPrometheus(file));
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  test('promtool takes every file', () => {
    expect(promtool(['check', 'rules', ...files.map(({ name }) => join(scratch, `${name}.yaml`))])).toContain(
      'SUCCESS',
    );
  });

  test.each(Object.entries(alertCases))('%s fires, and is silent where it should be', (name, alertCase) => {
    const path = join(scratch, `${name}.test.yaml`);
    writeFileSync(path, stringify(unitTest(name, alertCase)));
    expect(promtool(['test', 'rules', path])).toContain('SUCCESS');
  });

  function unitTest(name: string, { atMinutes, firing, silent }: AlertCase): object {
    const look = (series: Series, isFiring: boolean): object => ({
      interval: '1m',
      input_series: Object.entries(series).map(([selector, values]) => ({ series: selector, values })),
      promql_expr_test: [
        {
          expr: `group by (alertname) (ALERTS{alertname="${name}", alertstate="firing"})`,
          eval_time: `${atMinutes}m`,
          exp_samples: isFiring ? [{ labels: `{alertname="${name}"}`, value: 1 }] : [],
        },
      ],
    });
    return {
      rule_files: files.map((file) => join(scratch, `${file.name}.yaml`)),
      // Days of evaluations would take longer than all else.
      evaluation_interval: atMinutes > 1_000 ? '10m' : '1m',
      tests: [look(firing, true), look(silent, false)],
    };
  }
});

function promtool(args: readonly string[]): string {
  const run = spawnSync('promtool', [...args], { encoding: 'utf8', timeout: 60_000 });
  return `${run.stdout}${run.stderr}`;
}
