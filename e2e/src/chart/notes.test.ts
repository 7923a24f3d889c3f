import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';

import { root } from './render.ts';
import { findChartTools } from './tools.ts';

const tools = findChartTools(process.env);
const folder = mkdtempSync(join(tmpdir(), 'paymesh-notes-'));

afterAll(() => rmSync(folder, { recursive: true }));

(tools === undefined ? describe.skip : describe)('what helm install prints (needs helm)', () => {
  test.each([
    [
      'with the samples',
      [],
      /^3\. Send a signed request.*\n {3}kubectl get secret -n pay mesh-paymesh-keys /m,
    ],
    [
      'without them',
      ['--set', 'samples.enabled=false'],
      /^3\. Put policies.*\n {3}kubectl edit configmap -n pay mesh-paymesh-policies$/m,
    ],
  ])('are three commands to go on with, %s', (_name, flags, third) => {
    const text = notes(flags);
    expect(text).toMatch(/^1\. .*\n {3}helm test mesh -n pay --logs$/m);
    expect(text).toMatch(/^2\. .*\n {3}kubectl port-forward -n pay svc\/mesh-paymesh-edge 10000:80$/m);
    expect(text).toMatch(third);
    expect(text).not.toContain('<no value>');
  });

  test('and say what is for trials only', () => {
    expect(notes([])).toContain('The Redis of this release is for trials');
    expect(notes(['--set', 'redis.mode=external,redis.existingSecret=r'])).not.toContain('for trials');
  });

  test('sign with flags that exist', () => {
    const [line = ''] = /npx paymesh sign[^)]*/.exec(notes([])) ?? [];
    const help = spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), 'sign', '--help'], {
      encoding: 'utf8',
    });
    for (const [flag] of line.matchAll(/--\w+/g)) expect(help.stdout).toContain(flag);
  });
});

/** The notes of a release `mesh` in `pay`. helm prints them for a cluster only, so they are made a manifest in a copy of the chart. */
function notes(flags: readonly string[]): string {
  const chart = join(folder, 'paymesh');
  cpSync(join(root, 'helm/paymesh'), chart, { recursive: true });
  const text = readFileSync(join(chart, 'templates/NOTES.txt'), 'utf8');
  writeFileSync(join(chart, 'templates/_notes.tpl'), `{{- define "notes" -}}\n${text}\n{{- end -}}`);
  writeFileSync(join(chart, 'templates/notes.yaml'), 'text: |\n  {{- include "notes" . | nindent 2 }}\n');
  const args = ['template', 'mesh', chart, '-n', 'pay', '--kube-version', '1.34.0'];
  const run = spawnSync(tools?.helm ?? '', [...args, '--show-only', 'templates/notes.yaml', ...flags], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.replaceAll(/^ {2}/gm, '');
}
