import { describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';

import { createKeyEvents } from './key-events.ts';

describe('createKeyEvents', () => {
  test('writes a line when something changes, and counts each time', async () => {
    const lines: string[] = [];
    const log = createLogger({
      service: 'ext-authz',
      destination: { write: (line) => void lines.push(line) },
    });
    const registry = createRegistry('ext-authz');
    const tell = createKeyEvents({ log, registry });
    const taken = { kind: 'keys', keys: [], leftOut: ['keys[0]: expected a kid'] } as const;
    const down = { kind: 'failed', why: 'it answered with status 500' } as const;
    tell('pay/keys jwks', down, undefined);
    tell('pay/keys jwks', taken, 1_000);
    tell('pay/keys jwks', taken, 2_000);
    tell('pay/keys jwks', down, 2_000);
    tell('pay/keys jwks', down, 2_000);
    expect(lines.map((line) => /"keys":"([^"]*)"/.exec(line)?.[1])).toEqual([
      'it answered with status 500',
      'none; left out keys[0]: expected a kid',
      'it answered with status 500',
    ]);
    expect(lines[2]).toContain('"goodUntil":"1970-01-01T00:00:02.000Z"');
    const metrics = await registry.metrics();
    expect(metrics).toMatch(/paymesh_authz_key_fetches_total\{source="pay\/keys jwks",result="failed".*\} 3/);
    expect(metrics).toMatch(/paymesh_authz_keys_good_until_seconds\{source="pay\/keys jwks".*\} 2$/m);
  });
});
