import { describe, expect, test } from '@jest/globals';

import type { DenialReason } from './decision/index.ts';
import type { Rule, RuleSet } from './rules/index.ts';
import {
  addHeader,
  headerOf,
  KEY_ID,
  NOW_MS,
  NOW_S,
  OTHER_SECRET,
  POLICY,
  type RawCheck,
  rule,
  ruleSet,
  SECRET,
  signedCheck,
  withHeader,
  withoutHeader,
} from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

const COVERED = rule({ signedHeaders: ['x-amount', 'content-type'] });
const OTHER = rule({ policyId: 'pay/other-signature' });
const coveredSpec = {
  covered: [
    ['x-amount', '100'],
    ['content-type', 'application/json'],
  ],
} as const;

const base64Of = (check: RawCheck) => headerOf(check, 'x-signature');

describe('a rightly signed request is allowed', () => {
  test.each<[string, RawCheck]>([
    ['with a body', signedCheck()],
    ['without a body', signedCheck({ method: 'GET', path: '/v1/payments/1', body: '' })],
    ['with a binary body', signedCheck({ body: Buffer.from([0, 255, 10, 13, 128]) })],
    ['with a query of odd bytes', signedCheck({ path: "/v1/payments?b=2&a=1&&a=%2F%2e;x=!'+" })],
    ['with a path that nothing folds', signedCheck({ path: '/v1//payments/%2e%2e/./x' })],
    ['with a method of its own', signedCheck({ method: 'PurGe' })],
    ['at the end of the window', signedCheck({ timestamp: NOW_S - 300 })],
    ['at the end of the skew', signedCheck({ timestamp: NOW_S + 30 })],
    ['by the older of two valid keys', signedCheck({ keyId: 'merchant-a-2025', secret: OTHER_SECRET })],
    ['with a nonce of 16 characters', signedCheck({ nonce: 'abcdefABCDEF-_09' })],
    ['with a nonce of 128 characters', signedCheck({ nonce: 'n'.repeat(128) })],
    ['chunked: without content-length', withoutHeader(signedCheck(), 'content-length')],
    [
      'chunked and empty, as Envoy flags it',
      addHeader(signedCheck({ body: '' }), 'x-envoy-auth-partial-body', 'false'),
    ],
    ['of unknown size', { ...signedCheck(), size: -1n }],
    [
      'with header names in upper case',
      { ...signedCheck(), headers: signedCheck().headers.map(([n, v]) => [n.toUpperCase(), v] as const) },
    ],
    ['with the merged map and plain values', { ...signedCheck(), isMerged: true }],
    ['for the only policy, without naming it', { ...signedCheck(), contextExtensions: {} }],
    [
      'with headers that mean nothing here',
      addHeader(addHeader(signedCheck(), 'x-original-url', '/admin'), 'x_nonce', 'zzz'),
    ],
    [
      'with a repeated header that is not covered',
      addHeader(addHeader(signedCheck(), 'cookie', 'a'), 'cookie', 'b'),
    ],
  ])('%s', async (_name, check) => {
    expect(outcome(await start(ruleSet()).check(check))).toEqual({
      grpc: 0,
      http: 200,
      reason: 'ok',
      body: undefined,
    });
  });
});

interface Row {
  readonly name: string;
  readonly check: RawCheck;
  readonly status: number;
  readonly code: string;
  readonly reason: DenialReason;
  readonly rules?: RuleSet;
}

const bad = (reason: DenialReason, name: string, check: RawCheck, rules?: RuleSet): Row =>
  row(401, 'bad_signature', reason, name, check, rules);
const row = (
  status: number,
  code: string,
  reason: DenialReason,
  name: string,
  check: RawCheck,
  rules?: RuleSet,
): Row => ({
  name,
  check,
  status,
  code,
  reason,
  ...(rules === undefined ? {} : { rules }),
});

function unnamed(name: string, ...rules: readonly Rule[]): Row {
  const check = { ...signedCheck(), contextExtensions: {} };
  return row(503, 'policy_unavailable', 'missing_policy', name, check, ruleSet(...rules));
}

const shortBody = { ...signedCheck({ body: 'x'.repeat(1_024) }), size: 2_000n };
const noBodySent = { ...signedCheck(), rawBody: new Uint8Array(), size: 0n };

const rows: readonly Row[] = [
  // Nothing, or not all of it.
  row(
    401,
    'missing_signature',
    'missing_signature',
    'no signature',
    withoutHeader(signedCheck(), 'x-signature'),
  ),
  row(401, 'missing_signature', 'missing_signature', 'no key id', withoutHeader(signedCheck(), 'x-key-id')),
  row(401, 'missing_signature', 'missing_signature', 'no nonce', withoutHeader(signedCheck(), 'x-nonce')),
  row(
    401,
    'missing_signature',
    'missing_signature',
    'no timestamp',
    withoutHeader(signedCheck(), 'x-timestamp'),
  ),
  row(
    401,
    'missing_signature',
    'missing_signature',
    'underscores instead of hyphens',
    addHeader(withoutHeader(signedCheck(), 'x-nonce'), 'x_nonce', 'n'.repeat(16)),
  ),
  // Rows 1 to 5: repetition, merging, bytes.
  bad('repeated_header', 'signature twice', addHeader(signedCheck(), 'x-signature', 'AAAA')),
  bad(
    'repeated_header',
    'the same signature twice',
    addHeader(signedCheck(), 'X-Signature', base64Of(signedCheck())),
  ),
  bad('repeated_header', 'key id twice', addHeader(signedCheck(), 'x-key-id', KEY_ID)),
  bad('repeated_header', 'nonce twice', addHeader(signedCheck(), 'x-nonce', 'n'.repeat(16))),
  bad('repeated_header', 'timestamp twice', addHeader(signedCheck(), 'x-timestamp', String(NOW_S))),
  bad('malformed_nonce', 'nonce twice in the merged map', {
    ...addHeader(signedCheck(), 'x-nonce', 'n'.repeat(16)),
    isMerged: true,
  }),
  bad(
    'repeated_header',
    'covered header twice',
    addHeader(signedCheck(coveredSpec), 'x-amount', '999'),
    ruleSet(COVERED),
  ),
  bad(
    'missing_component',
    'covered header gone',
    withoutHeader(signedCheck(coveredSpec), 'x-amount'),
    ruleSet(COVERED),
  ),
  bad(
    'bad_signature',
    'covered header altered',
    withHeader(signedCheck(coveredSpec), 'x-amount', '101'),
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    'covered header of raw bytes',
    withHeader(signedCheck(coveredSpec), 'x-amount', Buffer.from([0xff, 0x31])),
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    'line feed in a covered header',
    withHeader(signedCheck(coveredSpec), 'x-amount', '100\ncontent-type:x'),
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    'NUL in a covered header',
    withHeader(signedCheck(coveredSpec), 'x-amount', '100\0'),
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    'covered header of 10 kB',
    withHeader(signedCheck(coveredSpec), 'x-amount', '1'.repeat(10_000)),
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    'joined lines equal to what was signed',
    {
      ...signedCheck({
        covered: [
          ['x-amount', '1,2'],
          ['content-type', 'a'],
        ],
      }),
      isMerged: true,
    },
    ruleSet(COVERED),
  ),
  bad(
    'unclean_header',
    '"!" where a byte may have been',
    {
      ...signedCheck({
        covered: [
          ['x-amount', '1!'],
          ['content-type', 'a'],
        ],
      }),
      isMerged: true,
    },
    ruleSet(COVERED),
  ),
  bad('malformed_target', '"!" in the path of a merged check', {
    ...signedCheck({ path: '/v1/a!b' }),
    isMerged: true,
  }),
  // Rows 6 to 11: path, query, method, authority.
  bad('bad_signature', 'path altered', {
    ...withHeader(signedCheck(), ':path', '/v1/refunds?currency=CNY'),
    path: '/v1/refunds?currency=CNY',
  }),
  bad('bad_signature', 'query reordered', moved(signedCheck({ path: '/p?a=1&b=2' }), '/p?b=2&a=1')),
  bad('bad_signature', 'query parameter added', moved(signedCheck({ path: '/p?a=1' }), '/p?a=1&a=2')),
  bad('bad_signature', '+ for %20', moved(signedCheck({ path: '/p?a=%20' }), '/p?a=+')),
  bad('bad_signature', 'an empty query', moved(signedCheck({ path: '/p' }), '/p?')),
  bad('bad_signature', '%2F for a slash', moved(signedCheck({ path: '/a/b' }), '/a%2Fb')),
  bad('bad_signature', 'folded dots', moved(signedCheck({ path: '/a/../b' }), '/b')),
  bad('bad_signature', 'folded slashes', moved(signedCheck({ path: '//a' }), '/a')),
  bad(
    'malformed_target',
    'absolute form',
    moved(signedCheck({ path: 'http://other.example/p' }), 'http://other.example/p'),
  ),
  bad('malformed_target', 'no path', moved(signedCheck({ path: '' }), '')),
  bad('malformed_target', 'space in the path', moved(signedCheck({ path: '/a b' }), '/a b')),
  bad('malformed_target', 'line feed in the path', moved(signedCheck({ path: '/a\nb' }), '/a\nb')),
  bad(
    'malformed_target',
    'path of raw bytes shown as "!"',
    withHeader(signedCheck({ path: '/a!' }), ':path', Buffer.from([0x2f, 0x61, 0xff])),
  ),
  bad('malformed_target', 'method with a line feed', { ...signedCheck({ method: 'GET\n/x' }) }),
  bad('bad_signature', 'method altered', { ...signedCheck(), method: 'PUT' }),
  bad('bad_signature', 'method in lower case', { ...signedCheck(), method: 'post' }),
  bad(
    'bad_signature',
    'the signed values in x-original-url and x-http-method-override',
    addHeader(
      addHeader(moved(signedCheck({ path: '/a' }), '/b'), 'x-original-url', '/a'),
      'x-http-method-override',
      'POST',
    ),
  ),
  bad(
    'bad_signature',
    'a header named path',
    addHeader(moved(signedCheck({ path: '/a' }), '/b'), 'path', '/a'),
  ),
  // Rows 12 to 17: body.
  row(
    413,
    'body_too_large',
    'partial_body',
    'partial flag',
    withHeader(signedCheck(), 'x-envoy-auth-partial-body', 'true'),
  ),
  row(
    413,
    'body_too_large',
    'partial_body',
    'partial flag in upper case',
    withHeader(signedCheck(), 'x-envoy-auth-partial-body', 'TRUE'),
  ),
  row(
    413,
    'body_too_large',
    'partial_body',
    'two partial flags',
    addHeader(signedCheck(), 'x-envoy-auth-partial-body', 'true'),
  ),
  row(413, 'body_too_large', 'partial_body', 'body shorter than its size', shortBody),
  row(413, 'body_too_large', 'partial_body', 'size without a body', { ...noBodySent, size: 14n }),
  row(
    413,
    'body_too_large',
    'partial_body',
    'body longer than content-length',
    withHeader(signedCheck(), 'content-length', '3'),
  ),
  row(
    413,
    'body_too_large',
    'partial_body',
    'two content-lengths',
    addHeader(signedCheck(), 'content-length', '3'),
  ),
  row(
    413,
    'body_too_large',
    'body_too_large',
    'body over the limit of the policy',
    signedCheck({ body: 'x'.repeat(65_537) }),
  ),
  row(
    503,
    'policy_unavailable',
    'body_unavailable',
    'content-length without a body',
    withoutHeader(noBodySent, 'x-envoy-auth-partial-body'),
  ),
  row(
    503,
    'policy_unavailable',
    'body_unavailable',
    'chunked without a body',
    addHeader(signedCheck({ body: '' }), 'transfer-encoding', 'chunked'),
  ),
  row(503, 'policy_unavailable', 'body_unavailable', 'body as text', {
    ...signedCheck(),
    rawBody: new Uint8Array(),
    size: 0n,
    body: '{"amount":100}',
  }),
  bad('bad_signature', 'one byte of the body', { ...signedCheck(), rawBody: Buffer.from('{"amount":900}') }),
  bad(
    'bad_signature',
    'the same JSON spelled otherwise',
    respelled(signedCheck({ body: '{"a":1}' }), '{"a": 1}'),
  ),
  bad('bad_signature', 'body dropped from a signed request', {
    ...withHeader(signedCheck(), 'content-length', '0'),
    rawBody: new Uint8Array(),
    size: 0n,
  }),
  bad('bad_signature', 'body added to a signed request', withBody(signedCheck({ body: '' }), 'x')),
  // Rows 20 to 22: time.
  row(401, 'stale_timestamp', 'malformed_timestamp', 'milliseconds', signedCheck({ timestamp: NOW_MS })),
  row(401, 'stale_timestamp', 'malformed_timestamp', '16 digits', signedCheck({ timestamp: '1'.repeat(16) })),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'negative', signedCheck({ timestamp: -NOW_S })),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'decimal', signedCheck({ timestamp: `${NOW_S}.0` })),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'exponent', signedCheck({ timestamp: '1e9' })),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'hexadecimal', signedCheck({ timestamp: '0x69550000' })),
  row(
    401,
    'stale_timestamp',
    'malformed_timestamp',
    'RFC 3339',
    signedCheck({ timestamp: '2026-01-01T00:00:00Z' }),
  ),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'a space', signedCheck({ timestamp: ` ${NOW_S}` })),
  row(401, 'stale_timestamp', 'malformed_timestamp', 'empty', signedCheck({ timestamp: '' })),
  row(
    401,
    'stale_timestamp',
    'malformed_timestamp',
    'full-width digits',
    signedCheck({ timestamp: '１７６７' }),
  ),
  row(
    401,
    'stale_timestamp',
    'stale_timestamp',
    'one second too old',
    signedCheck({ timestamp: NOW_S - 301 }),
  ),
  row(401, 'stale_timestamp', 'stale_timestamp', 'zero', signedCheck({ timestamp: 0 })),
  row(
    401,
    'stale_timestamp',
    'future_timestamp',
    'one second too new',
    signedCheck({ timestamp: NOW_S + 31 }),
  ),
  row(401, 'stale_timestamp', 'future_timestamp', 'year 9999', signedCheck({ timestamp: 253_402_300_799 })),
  bad(
    'bad_signature',
    'an old signature with a new timestamp',
    withHeader(signedCheck({ timestamp: NOW_S - 400 }), 'x-timestamp', String(NOW_S)),
  ),
  bad('bad_signature', 'a leading zero', withHeader(signedCheck(), 'x-timestamp', `0${NOW_S}`)),
  // Row 28: nonce.
  bad('malformed_nonce', 'nonce of one byte', signedCheck({ nonce: 'n' })),
  bad('malformed_nonce', 'nonce of 15 characters', signedCheck({ nonce: 'n'.repeat(15) })),
  bad('malformed_nonce', 'nonce of 129 characters', signedCheck({ nonce: 'n'.repeat(129) })),
  bad('malformed_nonce', 'nonce of 64 kB', signedCheck({ nonce: 'n'.repeat(65_536) })),
  bad('malformed_nonce', 'nonce with a line feed', signedCheck({ nonce: `${'n'.repeat(16)}\n` })),
  bad('malformed_nonce', 'nonce with a NUL', signedCheck({ nonce: `${'n'.repeat(16)}\0` })),
  bad('malformed_nonce', 'nonce with a space', signedCheck({ nonce: `${'n'.repeat(16)} ` })),
  bad('malformed_nonce', 'nonce with a colon', signedCheck({ nonce: `${'n'.repeat(16)}:` })),
  bad('malformed_nonce', 'nonce of full-width digits', signedCheck({ nonce: '１'.repeat(16) })),
  bad('bad_signature', 'another nonce', withHeader(signedCheck(), 'x-nonce', 'n'.repeat(16))),
  // Rows 32 to 34: keys.
  bad('unknown_key', 'an unknown key', signedCheck({ keyId: 'nobody' })),
  bad('unknown_key', '__proto__', signedCheck({ keyId: '__proto__' })),
  bad('unknown_key', 'constructor', signedCheck({ keyId: 'constructor' })),
  bad('unknown_key', 'a path', signedCheck({ keyId: '../../etc/passwd' })),
  bad('unknown_key', 'a URL', signedCheck({ keyId: 'http://127.0.0.1:1/key' })),
  bad('unknown_key', 'a wildcard', signedCheck({ keyId: '*' })),
  bad('unknown_key', 'a key id in other case', signedCheck({ keyId: KEY_ID.toUpperCase() })),
  bad('malformed_key_id', 'a key id of 10 kB', signedCheck({ keyId: 'k'.repeat(10_000) })),
  bad('malformed_key_id', 'an empty key id', signedCheck({ keyId: '' })),
  bad('malformed_key_id', 'a key id with a space', signedCheck({ keyId: `${KEY_ID} ` })),
  bad('malformed_key_id', 'a key id with a line feed', signedCheck({ keyId: `${KEY_ID}\n` })),
  bad('bad_signature', 'the wrong secret', signedCheck({ secret: OTHER_SECRET })),
  bad('bad_signature', 'the id of another key', withHeader(signedCheck(), 'x-key-id', 'merchant-a-2025')),
  row(403, 'key_not_valid', 'revoked_key', 'a revoked key', signedCheck({ keyId: 'revoked' })),
  row(403, 'key_not_valid', 'expired_key', 'an expired key', signedCheck({ keyId: 'expired' })),
  row(403, 'key_not_valid', 'pending_key', 'a key that is not valid yet', signedCheck({ keyId: 'future' })),
  // Who does not hold the key learns nothing of its state.
  bad(
    'bad_signature',
    'a revoked key, the wrong secret',
    signedCheck({ keyId: 'revoked', secret: OTHER_SECRET }),
  ),
  bad(
    'bad_signature',
    'a revoked key and a wrong signature',
    signedCheck({ keyId: 'revoked', secret: OTHER_SECRET }),
  ),
  // Row 38: spelling of the signature.
  ...signatureSpellings().map(([name, value]) =>
    bad(
      'malformed_signature',
      name,
      withHeader(signedCheck({ nonce: 'spelling-of-the-signature' }), 'x-signature', value),
    ),
  ),
  bad(
    'bad_signature',
    'a signature of zeros',
    withHeader(signedCheck(), 'x-signature', `${'A'.repeat(43)}=`),
  ),
  // Policies.
  unnamed('no policy of two', rule(), OTHER),
  unnamed('no policy, and the only one lets pass', rule({ mode: 'Shadow' })),
  unnamed('no policy, and the only one is off', rule({ mode: 'Off' })),
  bad('bad_signature', 'the only policy unnamed, and the wrong secret', {
    ...signedCheck({ secret: OTHER_SECRET }),
    contextExtensions: {},
  }),
  row(503, 'policy_unavailable', 'unknown_policy', 'an unknown policy', signedCheck({ policy: 'pay/other' })),
  row(503, 'policy_unavailable', 'unknown_policy', 'an empty policy', signedCheck({ policy: '' })),
  row(503, 'policy_unavailable', 'unknown_policy', 'policy __proto__', signedCheck({ policy: '__proto__' })),
  row(
    503,
    'policy_unavailable',
    'policy_off',
    'a policy that is off',
    signedCheck(),
    ruleSet(rule({ mode: 'Off' })),
  ),
  row(
    503,
    'policy_unavailable',
    'missing_policy',
    'a policy named by a client header',
    addHeader({ ...signedCheck(), contextExtensions: {} }, 'policy', POLICY),
    ruleSet(rule(), OTHER),
  ),
];

describe('a hostile request is denied', () => {
  test(`by a table of ${rows.length} rows`, () => expect(rows.length).toBeGreaterThan(90));

  test.each(rows)('$reason: $name', async ({ check, rules = ruleSet(), ...expected }) => {
    const authz = start(rules);
    const { grpc, http, reason, body } = outcome(await authz.check(check));
    expect({ status: http, code: body?.['code'], reason }).toEqual({
      status: expected.status,
      code: expected.code,
      reason: expected.reason,
    });
    expect(grpc).toBe(7);
    expect(Object.keys(body ?? {}).sort()).toEqual(['code', 'request_id', 'status', 'title', 'type']);
    const output = await authz.output();
    expect(output).toContain(`reason="${expected.reason}"`);
    for (const secret of [SECRET, OTHER_SECRET]) {
      expect(output).not.toContain(secret.toString());
      expect(output).not.toContain(secret.toString('base64').slice(0, 20));
    }
  });
});

test('one answer for everything a forger could tell apart', async () => {
  const authz = start(ruleSet());
  const forged = rows.filter(({ code, rules }) => code === 'bad_signature' && rules === undefined);
  const bodies = await Promise.all(forged.map(async ({ check }) => outcome(await authz.check(check)).body));
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
});

function moved(check: RawCheck, path: string): RawCheck {
  return { ...withHeader(check, ':path', path), path };
}

function withBody(check: RawCheck, text: string): RawCheck {
  const rawBody = Buffer.from(text);
  return {
    ...addHeader(check, 'content-length', String(rawBody.length)),
    rawBody,
    size: BigInt(rawBody.length),
  };
}

function respelled(check: RawCheck, text: string): RawCheck {
  const rawBody = Buffer.from(text);
  const size = BigInt(rawBody.length);
  return { ...withHeader(check, 'content-length', String(rawBody.length)), rawBody, size };
}

function signatureSpellings(): readonly (readonly [string, string])[] {
  // A MAC whose last digit has spare bits that can be set.
  const right = base64Of(signedCheck({ nonce: 'spelling-of-the-signature' }));
  const bytes = Buffer.from(right, 'base64');
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = digits.indexOf(right.charAt(42));
  return [
    ['empty', ''],
    ['base64url', 'A-_'.padEnd(43, 'A').concat('=')],
    ['without padding', right.slice(0, -1)],
    ['with two signs of padding', `${right}=`],
    ['with white space', `${right} `],
    ['with a line feed', `${right}\n`],
    ['with trailing bytes', Buffer.concat([bytes, Buffer.from([0])]).toString('base64')],
    ['one byte short', bytes.subarray(1).toString('base64')],
    ['hexadecimal', bytes.toString('hex')],
    ['the same bytes spelled otherwise', `${right.slice(0, 42)}${digits.charAt(last + 1)}=`],
    ['with a scheme before it', `hmac-sha256=${right}`],
    ['raw bytes', bytes.toString('latin1')],
  ];
}
