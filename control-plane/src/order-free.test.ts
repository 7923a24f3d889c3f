import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';
import { array, assert, nat, property, shuffledSubarray } from 'fast-check';

import { compileMesh } from './compiler/index.ts';
import { buildSnapshot } from './snapshot/index.ts';

const FILES = 5;
const sample = join(import.meta.dirname, '../../policies');

describe('the policies of the sample mesh', () => {
  let documents: readonly string[];

  beforeAll(async () => {
    documents = (await readFolder(sample)).flatMap(({ text }) => text.split(/^---$/m));
  });

  test('give the same bytes in whatever files and order they stand', () => {
    const expected = revisionOf([documents]);
    const shuffled = shuffledSubarray([...documents], { minLength: documents.length });
    const places = array(nat({ max: FILES - 1 }), {
      minLength: documents.length,
      maxLength: documents.length,
    });
    assert(
      property(shuffled, places, (order, placeOf) => {
        const files = Array.from({ length: FILES }, (_, file) =>
          order.filter((__, index) => placeOf[index] === file),
        );
        expect(revisionOf(files)).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });
});

/** Of all resources of all proxies; positions are not part of it. */
function revisionOf(files: readonly (readonly string[])[]): string {
  const loaded = loadPolicies(
    files.map((texts, index) => ({ path: `${index}.yaml`, text: texts.join('\n---\n') })),
  );
  const built = buildSnapshot(compileMesh(loaded.documents).ir);
  if (loaded.hasErrors || !('snapshot' in built)) throw new Error('the sample policies have errors');
  return built.snapshot.revision;
}
