import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';

import type { MeshIr } from '../ir/index.ts';
import { snapshotsOf, staticBootstrap, validateBootstrap } from '../snapshot/testing/index.ts';
import { goldenCases } from '../testing/index.ts';

const dir = join(import.meta.dirname, '../../testdata/translator');
const binary = findEnvoy(process.env) ?? '';

if (binary === '' && process.env['CI'] === 'true') throw new Error('CI has no Envoy: see README.md');

(binary === '' ? describe.skip : describe)('real Envoy accepts the goldens (needs envoy)', () => {
  test.each(goldenCases(dir))('$name', ({ input }) => {
    for (const snapshot of snapshotsOf(JSON.parse(input) as MeshIr)) {
      expect(validateBootstrap(binary, staticBootstrap(snapshot, 0))).toBe('');
    }
  });
});
