import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../../dist/store/testing/fill-store.js');
const COUNTERS = 1_000_000;
/** Of the whole process: 135 to 155 are usual, of which a bare Node takes 45 and its young objects up to 40. */
const MAX_RSS_MEGABYTES = 165;
/** Below 2 are usual; a busy machine takes longer. */
const MAX_MICROSECONDS = 20;
/** Usual are 10, most of it garbage collection: forgetting a million at once would take longer. */
const MAX_STALL_MS = 250;

interface Cost {
  readonly refused: number;
  readonly longestMs: number;
  readonly firstMicroseconds: number;
  readonly knownMicroseconds: number;
  readonly rssMegabytes: number;
}

describe('a million live counters of windows', () => {
  test('cost little time and memory', () => {
    const done = spawnSync(process.execPath, [PROGRAM, String(COUNTERS)], { encoding: 'utf8' });
    expect(done.stderr).toBe('');
    const cost = JSON.parse(done.stdout) as Cost;
    expect(cost.refused).toBe(0);
    expect(cost.rssMegabytes).toBeLessThan(MAX_RSS_MEGABYTES);
    expect(cost.firstMicroseconds).toBeLessThan(MAX_MICROSECONDS);
    expect(cost.knownMicroseconds).toBeLessThan(MAX_MICROSECONDS);
    expect(cost.longestMs).toBeLessThan(MAX_STALL_MS);
  });
});
