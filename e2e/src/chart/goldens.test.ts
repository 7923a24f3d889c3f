import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { parse } from 'yaml';

import { comparable, parseManifests } from './manifests.ts';
import { render, root } from './render.ts';
import { findChartTools } from './tools.ts';

const tools = findChartTools(process.env);
const { helm, validator } = tools ?? { helm: '', validator: '' };
const IN = join(root, 'helm/testdata/in');
const OUT = join(root, 'helm/testdata/out');
const scratch = mkdtempSync(join(tmpdir(), 'paymesh-chart-'));
/** Those of the Prometheus Operator, which the schemas of Kubernetes do not know. */
const FOREIGN = new Set(['ServiceMonitor', 'PrometheusRule']);

/** Name, files of values, flags. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ...readdirSync(IN).map((file) => [file.replace('.yaml', ''), [join(IN, file)], []] as const),
  ['size-small', [join(root, 'helm/paymesh/values-small.yaml')], []],
  ['size-medium', [join(root, 'helm/paymesh/values-medium.yaml')], []],
  ['size-large', [join(root, 'helm/paymesh/values-large.yaml')], ['--set', 'redis.existingSecret=redis-url']],
];

afterAll(() => rmSync(scratch, { recursive: true }));

(tools === undefined ? describe.skip : describe)('the chart (needs helm and kubernetes-validate)', () => {
  test.each(cases)('%s renders as expected', (name, values, flags) => {
    const text = comparable(render(helm, values, flags));
    const path = join(OUT, `${name}.yaml`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no such golden').toBe(text);
  });

  test('every golden has its case', () => {
    expect(readdirSync(OUT).toSorted()).toEqual(cases.map(([name]) => `${name}.yaml`).toSorted());
  });

  test.each(cases)('Kubernetes takes every object of %s', (name, values, flags) => {
    const known = parseManifests(render(helm, values, flags)).filter(({ kind }) => !FOREIGN.has(kind));
    expect(validate(name, known)).toBe('');
    expect(known.length).toBeGreaterThan(10);
  });

  test.each(cases)('the policies of %s have no finding', (_name, values, flags) => {
    const all = parseManifests(render(helm, values, flags));
    const maps = all.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('-policies'),
    );
    const files = maps.flatMap(({ data }) => Object.entries(data ?? {}));
    const { findings } = loadPolicies(files.map(([path, text]) => ({ path, text })));
    expect(findings).toEqual([]);
  });

  test('an unknown field is found', () => {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { prots: [] } };
    expect(validate('bad', [object])).toContain("'prots' was unexpected");
  });

  test('two renderings share no secret, and each is one', () => {
    const secrets = () => parseManifests(render(helm, [])).filter(({ kind }) => kind === 'Secret');
    const [one, other] = [secrets(), secrets()];
    expect(one).toHaveLength(3);
    const values = [...one, ...other].flatMap(({ data }) => Object.values(data ?? {}));
    expect(new Set(values).size).toBe(values.length);
  });

  test('each board and each file of rules is an object, as it is', () => {
    const all = parseManifests(render(helm, [join(IN, 'own-everything.yaml')]));
    const boards = all.filter(({ metadata }) => metadata.name.startsWith('mesh-paymesh-dashboard-'));
    expect(Object.fromEntries(boards.flatMap(({ data }) => Object.entries(data ?? {})))).toEqual(
      readFiles(join(root, 'helm/paymesh/dashboards'), '.json'),
    );
    const rules = all.filter(({ kind }) => kind === 'PrometheusRule').map(({ spec }) => spec);
    const files = Object.values(readFiles(join(root, 'helm/paymesh/rules'), '.yaml'));
    expect(rules).toEqual(files.map((text): unknown => parse(text)));
  });

  test('helm lint has no complaint', () => {
    const run = spawnSync(helm, ['lint', '--strict', join(root, 'helm/paymesh')], { encoding: 'utf8' });
    expect(run.stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });
});

function readFiles(folder: string, ending: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return Object.fromEntries(
    names.map((name) => [name, `${readFileSync(join(folder, name), 'utf8').trim()}\n`]),
  );
}

/** What kubernetes-validate has against these objects; JSON is YAML to it. */
function validate(name: string, objects: readonly object[]): string {
  const path = join(scratch, `${name}.yaml`);
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const args = ['-m', 'kubernetes_validate', '--strict', '--quiet', '-k', '1.34', path];
  const env = { ...process.env, PYTHONPATH: validator };
  const run = spawnSync('python3', args, { encoding: 'utf8', env, timeout: 60_000 });
  const said = `${run.stdout}${run.stderr}`.trim();
  return run.status === 0 || said !== '' ? said : `it ended with ${run.status}`;
}
