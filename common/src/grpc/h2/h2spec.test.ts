import { execFile } from 'node:child_process';

import { describe, expect, test } from '@jest/globals';

import { echo, startH2 } from './testing/echo-server.ts';
import { findH2spec } from './testing/h2spec.ts';

const h2spec = findH2spec(process.env);
/** All that version 2.2.1 has. */
const CASES = 145;

describe('h2spec', () => {
  (h2spec === undefined ? test.skip : test)('has no objection to anything', async () => {
    const server = await startH2(echo());
    try {
      const said = await run(h2spec ?? '', [
        '-h',
        '127.0.0.1',
        '-p',
        String(server.port),
        'generic',
        'hpack',
        'http2',
      ]);
      expect(said).toContain(`${CASES} tests, ${CASES} passed, 0 skipped, 0 failed`);
    } finally {
      server.stop();
    }
  });
});

/** What it printed, whatever it thought. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 25_000 }, (_error, stdout) => resolve(stdout));
  });
}
