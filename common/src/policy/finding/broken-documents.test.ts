import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { loadPolicies } from '../load-policies.ts';
import { formatFinding } from './format-finding.ts';

const folder = fileURLToPath(new URL('../testdata/broken/', import.meta.url));
const golden = fileURLToPath(new URL('../testdata/broken.golden.txt', import.meta.url));

const files = readdirSync(folder)
  .sort()
  .map((name) => ({ path: `broken/${name}`, text: readFileSync(folder + name, 'utf8') }));

describe('ten broken documents', () => {
  const { findings } = loadPolicies(files);
  const printed = findings.map((found) => `${formatFinding(found, files)}\n`).join('\n');

  test('are all told of in one run, in the words of the golden file', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, printed);
    expect(printed).toBe(readFileSync(golden, 'utf8'));
  });

  test('each file but the good one has a finding, with its place', () => {
    const told = new Set(findings.map(({ at }) => at.file));
    expect([...told].sort()).toEqual(files.slice(1).map(({ path }) => path));
  });

  test('the key in the file is nowhere shown', () => {
    expect(printed).not.toContain('dGhpcyBp');
  });
});
