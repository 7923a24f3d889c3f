import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { root } from './render.ts';

const values: unknown = parse(readFileSync(join(root, 'helm/paymesh/values.yaml'), 'utf8'));
const readme = readFileSync(join(root, 'helm/README.md'), 'utf8');

test('helm/README.md names every group of values, and no value that is not there', () => {
  const named = [...readme.matchAll(/^\| `([\w.]+)`/gm)].map(([, path = '']) => path);
  expect(new Set(named.map((path) => path.split('.')[0]))).toEqual(new Set(Object.keys(values as object)));
  for (const path of named) expect({ path, isThere: isThere(path) }).toEqual({ path, isThere: true });
});

function isThere(path: string): boolean {
  let at: unknown = values;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return false;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return true;
}
