import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { runFlood } from '@paymesh/common/testing';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../dist/testing/flood-checks.js');
/** Half a minute where nothing else runs. */
const TIMEOUT_MS = 1_800_000;
const FLAT_BYTES = 8 * 1024 * 1024;
/** A quarter of the calls each, with those that warm up. */
const REASONS = ['unknown_key', 'bad_signature', 'unknown_policy', 'stale_timestamp'];

test(
  'a million checks with texts that no other has leave series and heap as they were',
  () => {
    const { seriesBefore, seriesAfter, heapGrowth, metrics } = runFlood(PROGRAM);
    expect(seriesAfter).toBe(seriesBefore);
    expect(heapGrowth).toBeLessThan(FLAT_BYTES);
    for (const reason of REASONS)
      expect(metrics).toMatch(new RegExp(`decisions_total\\{.*reason="${reason}".*\\} 252000`));
  },
  TIMEOUT_MS,
);
