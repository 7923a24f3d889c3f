import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

test('docs/metrics.md says what the built code registers', () => {
  const script = join(root, 'scripts/metric-reference.mjs');
  const done = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8', timeout: 30_000 });
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
});
