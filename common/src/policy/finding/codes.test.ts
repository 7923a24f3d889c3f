import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { codes } from './codes.ts';

const room = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const used = (isTest: boolean): Set<string> =>
  new Set(
    sources
      .filter((path) => path.endsWith('.test.ts') === isTest && !path.endsWith('codes.ts'))
      .flatMap((path) => readFileSync(room + path, 'utf8').match(/PM\d{4}/g) ?? []),
  );

describe('codes', () => {
  // PM5 and PM6 are found by the compiler and by ext-authz, which tests them.
  const known = Object.keys(codes).filter((code) => code < 'PM5');

  test.each(Object.entries(codes))('%s has one sentence', (code, { explanation }) => {
    expect(code).toMatch(/^PM[1-6]\d{3}$/);
    expect(explanation).toMatch(/^[A-Z][^\n]*\.$/);
  });

  test('are all used', () => {
    const unused = known.filter((code) => !used(false).has(code));
    expect(unused).toEqual([]);
  });

  test('all appear in a test', () => {
    const untested = known.filter((code) => !used(true).has(code));
    expect(untested).toEqual([]);
  });
});
