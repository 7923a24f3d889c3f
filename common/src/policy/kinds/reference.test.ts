import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { loadPolicies } from '../load-policies.ts';
import { specSchemas } from './schemas.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const reference = readFileSync(
  fileURLToPath(new URL('../../../../policies/README.md', import.meta.url)),
  'utf8',
);

const folderOf = (kind: string): string =>
  kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

const sectionOf = (kind: string): string => {
  const [, text = ''] = reference.split(`\n### ${kind}\n`);
  return text.split('\n### ')[0] ?? '';
};

/** The keys that the readers of a kind read, as they are typed in YAML. */
const keysOf = (kind: string): readonly string[] => {
  const folder = `${here}${folderOf(kind)}`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const source = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('\n');
  return [...source.matchAll(/\b(?:required|optional|withDefault)\(\s*'(\w+)'/g)].map(([, key]) => key ?? '');
};

const kinds = Object.keys(specSchemas);

describe('the field reference in policies/README.md', () => {
  test('has a section for each folder of this room', () => {
    const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(kinds.map(folderOf).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  test.each(kinds)('%s names every key that is read', (kind) => {
    const words = new Set(sectionOf(kind).match(/\w+/g));
    const keys = keysOf(kind);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !words.has(key))).toEqual([]);
  });

  test.each(kinds)('the example of %s has no mistake in itself', (kind) => {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(sectionOf(kind)) ?? [];
    const { documents, findings } = loadPolicies([{ path: 'example.yaml', text }]);
    // What it refers to stands elsewhere.
    expect(findings.filter(({ code }) => !/^PM300|PM4005|PM4010/.test(code))).toEqual([]);
    expect(documents.map((document) => document.kind)).toEqual([kind]);
  });
});
