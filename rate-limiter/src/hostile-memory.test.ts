import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { runFlood } from '@paymesh/common/testing';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../dist/testing/flood-limits.js');
/** Half a minute where nothing else runs. */
const TIMEOUT_MS = 1_800_000;
const FLAT_BYTES = 8 * 1024 * 1024;

test(
  'a million callers whom nobody saw before leave series and heap as they were',
  () => {
    const { seriesBefore, seriesAfter, heapGrowth, metrics } = runFlood(PROGRAM);
    expect(seriesAfter).toBe(seriesBefore);
    expect(heapGrowth).toBeLessThan(FLAT_BYTES);
    // Half of the calls, with those that warm up: the others are of domains that nobody configured.
    expect(metrics).toMatch(/decisions_total\{.*outcome="\w+".*\} 505000/);
  },
  TIMEOUT_MS,
);
