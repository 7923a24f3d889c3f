import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { parse } from 'yaml';

import { CHART_CASES as cases } from './cases.ts';
import { conformity } from './kubeconform.ts';
import { comparable, parseManifests } from './manifests.ts';
import { render, root } from './render.ts';
import { findChartTools } from './tools.ts';

const tools = findChartTools(process.env);
const helm = tools?.helm ?? '';
const OUT = join(root, 'helm/testdata/out');
const scratch = mkdtempSync(join(tmpdir(), 'paymesh-chart-'));

afterAll(() => rmSync(scratch, { recursive: true }));

(tools === undefined ? describe.skip : describe)('the chart (needs helm and kubeconform)', () => {
  test.each(cases)('%s renders as expected', (name, values, flags) => {
    const text = comparable(render(helm, values, flags));
    const path = join(OUT, `${name}.yaml`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no such golden').toBe(text);
  });

  test('every golden has its case', () => {
    expect(readdirSync(OUT).toSorted()).toEqual(cases.map(([name]) => `${name}.yaml`).toSorted());
  });

  test('a cluster takes every object of every case', () => {
    const texts = cases.map(([name, values, flags]) => [name, render(helm, values, flags)] as const);
    const said = validate('cases', Object.fromEntries(texts));
    expect(said.refused).toEqual([]);
    expect(said.skipped).toBe(0);
    expect(said.valid).toBe(texts.flatMap(([, text]) => parseManifests(text)).length);
  }, 180_000);

  test.each(cases)('the policies of %s have no finding', (_name, values, flags) => {
    const all = parseManifests(render(helm, values, flags));
    const maps = all.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('-policies'),
    );
    const files = maps.flatMap(({ data }) => Object.entries(data ?? {}));
    const { findings } = loadPolicies(files.map(([path, text]) => ({ path, text })));
    expect(findings).toEqual([]);
  });

  test('an unknown field, a wrong type and an unknown kind are found', () => {
    const object = (apiVersion: string, kind: string, spec: string) =>
      `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a, namespace: b, labels: {} }\nspec: ${spec}\n`;
    const bad = [
      object('v1', 'Service', '{ prots: [] }'),
      object('monitoring.coreos.com/v1', 'ServiceMonitor', '{ selector: { matchLabels: {} }, endpoints: 1 }'),
      object('apps/v1', 'Deploiment', '{}'),
    ];
    const { refused, valid } = validate('bad', { bad: bad.join('') });
    expect(valid).toBe(0);
    expect(refused.toSorted()).toEqual([
      expect.stringMatching(/^bad.yaml Deploiment a: .*could not find schema for Deploiment/),
      expect.stringMatching(/^bad.yaml Service a: .*additional properties 'prots' not allowed/s),
      expect.stringMatching(/^bad.yaml ServiceMonitor a: .*got number, want array/s),
    ]);
  });

  test('two renderings share no secret, and each is one', () => {
    const secrets = () => parseManifests(render(helm, [])).filter(({ kind }) => kind === 'Secret');
    const [one, other] = [secrets(), secrets()];
    expect(one).toHaveLength(3);
    const values = [...one, ...other].flatMap(({ data }) => Object.values(data ?? {}));
    expect(new Set(values).size).toBe(values.length);
  });

  test('each board and each file of rules is an object, as it is', () => {
    const all = parseManifests(render(helm, [join(root, 'helm/testdata/in/own-everything.yaml')]));
    const boards = all.filter(({ metadata }) => metadata.name.startsWith('mesh-paymesh-dashboard-'));
    expect(Object.fromEntries(boards.flatMap(({ data }) => Object.entries(data ?? {})))).toEqual(
      readFiles(join(root, 'helm/paymesh/dashboards'), '.json'),
    );
    const rules = all.filter(({ kind }) => kind === 'PrometheusRule').map(({ spec }) => spec);
    const files = Object.values(readFiles(join(root, 'helm/paymesh/rules'), '.yaml'));
    const published = files.map((text) =>
      text.replaceAll('docs/runbooks/', 'https://wiki.example/runbooks/'),
    );
    expect(rules).toEqual(published.map((text): unknown => parse(text)));
  });

  test('paymesh render prints the same, for kubectl', () => {
    const paymesh = join(root, 'cli/bin/paymesh.mjs');
    const flags = ['render', '--target', 'k8s', '--name', 'mesh', '--namespace', 'pay', '--size', 'small'];
    const run = spawnSync(process.execPath, [paymesh, ...flags], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const small = join(root, 'helm/paymesh/values-small.yaml');
    const chart = render(helm, [small], ['--skip-tests', '--set', 'createNamespace=true']);
    expect(comparable(run.stdout)).toBe(comparable(chart));
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

/** What kubeconform has against these files of manifests, name to text. */
function validate(name: string, files: Readonly<Record<string, string>>): ReturnType<typeof conformity> {
  if (tools === undefined) throw new Error('no kubeconform');
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, `${file}.yaml`), text);
  return conformity(tools, folder, join(scratch, 'schemas'));
}
