import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

/** Built by `tsc -b`, which comes before the tests. */
const PROGRAM = join(import.meta.dirname, '../../dist/replay/testing/fill-store.js');
const NONCES = 1_000_000;
/** Two are usual, five with a file, each with an attempt; a busy machine takes longer. */
const MAX_MICROSECONDS = 30;

interface Cost {
  readonly nonces: number;
  readonly microseconds: number;
  readonly rssMegabytes: number;
}

describe('a million distinct nonces', () => {
  // Megabytes of the whole process, of which a bare Node takes 45 and its young objects up to 40.
  test.each([
    ['in memory', 160],
    ['with a file', 185],
  ])('cost little time and memory: %s', (where, maxRssMegabytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'paymesh-nonces-'));
    try {
      const path = where === 'with a file' ? [join(folder, 'nonces')] : [];
      const done = spawnSync(process.execPath, [PROGRAM, String(NONCES), ...path], { encoding: 'utf8' });
      expect(done.stderr).toBe('');
      const cost = JSON.parse(done.stdout) as Cost;
      expect(cost.nonces).toBe(NONCES);
      expect(cost.rssMegabytes).toBeLessThan(maxRssMegabytes);
      expect(cost.microseconds).toBeLessThan(MAX_MICROSECONDS);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
