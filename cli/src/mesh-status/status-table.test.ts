import { describe, expect, test } from '@jest/globals';
import type { StatusReport } from '@paymesh/control-plane';

import { renderStatus } from './status-table.ts';

const acked = { sent: 'v1', acked: 'v1', isLate: false, nacks: [] };
const none = { isLate: false, nacks: [] };
const well = { cluster: acked, endpoint: acked, listener: acked, route: acked, policySet: none };
const report = (proxies: StatusReport['proxies'], more: Partial<StatusReport> = {}): string =>
  renderStatus({
    revision: 'r1',
    lastGoodSince: '2026-11-21T10:00:00Z',
    isBehind: false,
    findings: [],
    proxies,
    ...more,
  });
const proxy = {
  node: 'payments-1',
  isConnected: true,
  isKnown: true,
  isUpToDate: true,
  types: well,
} as const;

describe('renderStatus', () => {
  test('a proxy that runs everything is up to date', () => {
    expect(report([proxy])).toMatch(/payments-1\s+up to date\s+acked\s+acked\s+acked\s+acked/);
  });

  test('a rate limiter has policies and nothing else', () => {
    const types = { cluster: none, endpoint: none, listener: none, route: none, policySet: acked };
    expect(report([{ ...proxy, node: 'rate-limiter/a', types }])).toMatch(
      /rate-limiter\/a\s+up to date\s+-\s+-\s+-\s+-\s+acked/,
    );
  });

  test.each([
    ['not connected', { ...proxy, isConnected: false }],
    ['unknown', { ...proxy, isKnown: false }],
    ['behind', { ...proxy, isUpToDate: false }],
    ['no answer', { ...proxy, types: { ...well, cluster: { ...acked, isLate: true } } }],
  ])('says %s', (word, state) => {
    expect(report([state])).toContain(word);
  });

  test('tells what a proxy refused and where it was typed', () => {
    const nack = {
      nonce: 'n',
      version: 'v2',
      names: ['edge'],
      message: 'missing ): (a',
      at: '',
      sources: ['a.yaml:3:5'],
    };
    const text = report([{ ...proxy, types: { ...well, route: { ...acked, nacks: [nack] } } }]);
    expect(text).toContain('REFUSED');
    expect(text).toContain('payments-1 refused a route: missing ): (a\n  typed at a.yaml:3:5');
  });

  test('tells findings with their place, and that the newest edit is not in force', () => {
    const text = report([], {
      isBehind: true,
      findings: [
        {
          code: 'PM1',
          severity: 'error',
          at: { file: 'a.yaml', line: 2, column: 7 },
          path: 'kind',
          expected: 'a kind',
          got: '"Rout"',
        },
      ],
    });
    expect(text).toContain('the newest edit was rejected');
    expect(text).toContain('a.yaml:2:7 error PM1 kind: expected a kind; got "Rout"');
  });
});
