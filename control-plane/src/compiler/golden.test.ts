import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { assert, property, shuffledSubarray } from 'fast-check';

import { expectGolden, goldenCases, jwksFor, renderJson } from '../testing/index.ts';
import { compileMesh } from './index.ts';

const FOLDER = join(import.meta.dirname, '../../testdata/compiler');

describe.each(goldenCases(FOLDER))('$name', ({ name, input }) => {
  const { documents, findings: loading } = loadPolicies([{ path: `${name}.yaml`, text: input }]);
  const { ir, findings } = compileMesh(documents, jwksFor(documents));

  test('is a good set of documents', () => {
    expect(loading.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('gives the expected IR', () => {
    expectGolden(join(FOLDER, 'out', `${name}.ir.json`), renderJson(ir));
  });

  test('gives the expected findings', () => {
    const path = join(FOLDER, 'out', `${name}.findings.json`);
    if (findings.length > 0) return expectGolden(path, renderJson(findings));
    if (process.env['UPDATE_GOLDEN'] === '1') rmSync(path, { force: true });
    expect(existsSync(path)).toBe(false);
  });

  test('gives the same bytes for any order of the documents', () => {
    const expected = JSON.stringify({ ir, findings });
    assert(
      property(shuffledSubarray([...documents], { minLength: documents.length }), (shuffled) => {
        expect(JSON.stringify(compileMesh(shuffled, jwksFor(shuffled)))).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });
});
