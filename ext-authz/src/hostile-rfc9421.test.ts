import { createPublicKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { NOW_MS, NOW_S, POLICY, type RawCheck, rule, ruleSet } from './testing/fixtures.ts';
import { bodyOf, type MessageSpec, rfc9421Profile } from './testing/rfc9421.ts';
import { COVER, PAYMENT, type SignSpec, signed, signingKeyOf } from './testing/rfc9421-check.ts';
import { outcome, start } from './testing/start.ts';

const KEY = signingKeyOf('ed25519');

/** What the rows of e2e/src/hostile cannot send, as Envoy never does: the service by itself. */
function service() {
  const key = {
    ...KEY,
    owner: 'merchant-a',
    key: createPublicKey(KEY.key),
    nonceScope: KEY.id,
    notBeforeMs: undefined,
    notAfterMs: undefined,
    isRevoked: false,
  };
  const profile = rfc9421Profile({ params: ['created', 'nonce', 'keyid'], isDigestRequired: true });
  const base = rule();
  const verify = { ...base.verify, profile, keys: new Map([[KEY.id, key]]), cover: COVER };
  return start(ruleSet({ ...base, verify }));
}

/** A signed request as Envoy would hand it over. */
function check(spec: MessageSpec = PAYMENT, how: SignSpec = {}): RawCheck {
  const { method = '', target = '', authority = '', headers = [], ...rest } = signed(spec, how);
  const rawBody = bodyOf(rest);
  return {
    method,
    path: target,
    host: authority,
    scheme: 'https',
    headers: [[':path', target], ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)],
    rawBody,
    size: BigInt(rawBody.byteLength),
    body: '',
    contextExtensions: { policy: POLICY },
    isMerged: false,
  };
}

const withLine = (request: RawCheck, name: string, value: string): RawCheck => ({
  ...request,
  headers: [...request.headers, [name, value]],
});
const AMOUNT: SignSpec = { components: [...COVER, 'x-amount'] };
const amount = (value: string) =>
  check({ ...PAYMENT, headers: [...(PAYMENT.headers ?? []), ['x-amount', value]] }, AMOUNT);

describe('hostile checks of HTTP Message Signatures', () => {
  test.each<readonly [row: number, name: string, reason: string, request: RawCheck]>([
    [
      4,
      'a comma in a covered value of the merged map',
      'unclean_header',
      { ...amount('1,2'), isMerged: true },
    ],
    [5, '"!" in a covered value of the merged map', 'unclean_header', { ...amount('1!'), isMerged: true }],
    [12, 'a prefix that is flagged', 'partial_body', withLine(check(), 'x-envoy-auth-partial-body', 'true')],
    [12, 'a prefix of what size says', 'partial_body', { ...check(), size: 999n }],
    [
      13,
      'a prefix that a client calls whole',
      'partial_body',
      withLine({ ...check(), size: 999n }, 'x-envoy-auth-partial-body', 'false'),
    ],
    [
      15,
      'no body where content-length says one',
      'body_unavailable',
      { ...withLine(check(), 'content-length', '14'), rawBody: new Uint8Array(), size: 0n },
    ],
    [
      15,
      'the body as text',
      'body_unavailable',
      { ...check(), rawBody: new Uint8Array(), size: 0n, body: '{"amount":100}' },
    ],
    [22, 'a clock ten minutes behind', 'future_timestamp', check(PAYMENT, { created: NOW_S + 600 })],
    [22, 'a clock ten minutes ahead', 'stale_timestamp', check(PAYMENT, { created: NOW_S - 600 })],
    [
      58,
      'a header map of 100 kB',
      'oversized_signature',
      withLine(check(), 'signature', 'x'.repeat(100_000)),
    ],
  ])('row %i: %s', async (_row, _name, reason, request) => {
    const authz = service();
    expect(outcome(await authz.check(request)).reason).toBe(reason);
    expect(outcome(await authz.check(check()))).toMatchObject({ http: 200, reason: 'ok' });
    expect(await authz.output()).toContain(`reason="${reason}"`);
  });

  test('row 58: what nobody signed may be large', async () => {
    expect(outcome(await service().check(withLine(check(), 'x-large', 'x'.repeat(100_000))))).toMatchObject({
      reason: 'ok',
    });
  });

  test('row 22: the window is that of the clock, at both ends', async () => {
    const reasonAt = async (created: number) =>
      outcome(await service().check(check(PAYMENT, { created }))).reason;
    expect(NOW_MS).toBe(NOW_S * 1_000);
    expect(await reasonAt(NOW_S - 300)).toBe('ok');
    expect(await reasonAt(NOW_S + 30)).toBe('ok');
  });
});
