import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../../dist/store/testing/fill-store.js');
const COUNTERS = 1_000_000;
/** Of the whole process: 136 are usual, of which a bare Node takes 45 and its young objects up to 40. */
const MAX_RSS_MEGABYTES = 145;
const MAX_BYTES_PER_COUNTER = 40;
/** All times are CPU time. Below 9 are usual. */
const MAX_MICROSECONDS = 20;
/** Usual are 10 to 20, most of it garbage collection: forgetting a million at once would take longer. */
const MAX_STALL_MS = 100;

interface Cost {
  readonly refused: number;
  readonly longestMs: number;
  readonly firstMicroseconds: number;
  readonly knownMicroseconds: number;
  readonly rssMegabytes: number;
  readonly bytesPerCounter: number;
}

describe('a million live counters of one rule', () => {
  test('cost little time and memory', () => {
    const done = spawnSync(process.execPath, ['--expose-gc', PROGRAM, String(COUNTERS)], {
      encoding: 'utf8',
    });
    expect(done.stderr).toBe('');
    const cost = JSON.parse(done.stdout) as Cost;
    expect(cost.refused).toBe(0);
    expect(cost.rssMegabytes).toBeLessThan(MAX_RSS_MEGABYTES);
    expect(cost.bytesPerCounter).toBeLessThan(MAX_BYTES_PER_COUNTER);
    expect(cost.firstMicroseconds).toBeLessThan(MAX_MICROSECONDS);
    expect(cost.knownMicroseconds).toBeLessThan(MAX_MICROSECONDS);
    expect(cost.longestMs).toBeLessThan(MAX_STALL_MS);
  });
});
