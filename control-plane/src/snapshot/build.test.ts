import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import type { MeshIr } from '../ir/index.ts';
import { expectGolden, goldenCases, renderJson } from '../testing/index.ts';
import { buildSnapshot } from './build.ts';
import type { MeshSnapshot } from './model.ts';
import { snapshotToJson } from './to-json.ts';

const dir = join(import.meta.dirname, '../../testdata/translator');

describe('goldens of the translator', () => {
  test.each(goldenCases(dir))('$name', ({ name, input }) => {
    const nodes = [...good(JSON.parse(input) as MeshIr).nodes.values()].map(snapshotToJson);
    for (const type of ['listener', 'route', 'cluster', 'endpoint'] as const) {
      expectGolden(
        join(dir, 'out', `${name}.${type}s.json`),
        renderJson(nodes.flatMap((node) => node[type])),
      );
    }
  });
});

function good(ir: MeshIr): MeshSnapshot {
  const result = buildSnapshot(ir);
  expect(result).toHaveProperty('snapshot');
  if (!('snapshot' in result)) throw new Error('violations');
  return result.snapshot;
}
