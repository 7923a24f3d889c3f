import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { readPolicies } from '../policies/index.ts';
import { generateFiles } from './generate.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const CHART = join(root, 'helm/paymesh');
const FOLDERS = ['dashboards', 'rules'];

const policies = await readPolicies(join(root, 'policies'));
const files = generateFiles(policies);

describe('boards and rules of the chart', () => {
  test.each([...files])('%s is what the policies give', (path, text) => {
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(dirname(join(CHART, path)), { recursive: true });
      writeFileSync(join(CHART, path), text);
    }
    expect(existsSync(join(CHART, path)) ? readFileSync(join(CHART, path), 'utf8') : 'no such file').toBe(
      text,
    );
  });

  test('there are no others', () => {
    const found = FOLDERS.flatMap((folder) =>
      readdirSync(join(CHART, folder)).map((name) => `${folder}/${name}`),
    );
    const stale = found.filter((path) => !files.has(path) && !path.endsWith('.gitkeep'));
    if (process.env['UPDATE_GOLDEN'] === '1') for (const path of stale) rmSync(join(CHART, path));
    expect(process.env['UPDATE_GOLDEN'] === '1' ? [] : stale).toEqual([]);
  });
});

test('windows, holds and the place of the runbooks can be others', () => {
  const rehearsed = generateFiles(policies, {
    runbooks: 'https://wiki.example/runbooks',
    window: () => '9s',
    hold: () => '1s',
  });
  for (const [path, text] of rehearsed) {
    if (path.startsWith('dashboards/')) expect(text).toBe(files.get(path));
    else {
      expect(text).not.toMatch(/(?:\[|offset |for: )(?!9s|1s)\d/);
      expect(text).not.toMatch(/runbook_url: (?!https:\/\/wiki\.example\/runbooks\/\w+\.md\n)/);
    }
  }
  expect(rehearsed.get('rules/control-plane.yaml')).toContain('increase(paymesh_xds_nack_total[9s])');
});
