import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { arrivalOf, type Received, received, verdictOf } from '../testing/received.ts';
import { parseAmzDate } from './amz-date.ts';
import { signSigv4, sigv4Scheme } from './index.ts';

const PROFILE = { scheme: 'sigv4', region: 'eu-west-1', service: 'execute-api' } as const;
const KEY = secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY');
const SIGNING_KEY = { id: 'AKIDEXAMPLE', ...KEY };
const NOW_MS = Date.UTC(2026, 0, 1, 10, 20, 30);

function secret(text: string) {
  return { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(text)) } as const;
}

interface Sent {
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly service?: string;
}

/** A rightly signed request as it comes in. */
function signed({ target = '/pay?b=2&a=1', headers = [], body = '{}', service = 'execute-api' }: Sent = {}) {
  const request = {
    method: 'POST',
    scheme: 'https',
    authority: 'api.test',
    target,
    headers,
    body: Buffer.from(body),
  };
  const profile = { ...PROFILE, service };
  return arrivalOf(request, signSigv4(request, profile, { key: SIGNING_KEY, nowMs: NOW_MS, nonce: 'n' }));
}

function verdict(message: Received): string {
  return verdictOf(sigv4Scheme, PROFILE, KEY, message);
}

/** The same with a header changed. */
function bent(name: string, change: (value: string) => string, message: Received = signed()): Received {
  const headers = (message.headers ?? []).map((line) =>
    line[0].toLowerCase() === name ? ([line[0], change(String(line[1]))] as const) : line,
  );
  return { ...message, headers };
}

function added(name: string, value: string, message: Received = signed()): Received {
  return { ...message, headers: [...(message.headers ?? []), [name, value]] };
}

function without(name: string): Received {
  const message = signed();
  return { ...message, headers: (message.headers ?? []).filter((line) => line[0].toLowerCase() !== name) };
}

function authorization(from: string | RegExp, to: string): Received {
  return bent('authorization', (value) => value.replace(from, to));
}

describeScheme({
  name: 'sigv4',
  scheme: sigv4Scheme,
  sign: signSigv4,
  profile: PROFILE,
  signingKey: SIGNING_KEY,
  key: KEY,
  otherKey: secret('another secret'),
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })),
  covered: [
    'method',
    'target',
    'authority',
    'body',
    'authorization',
    'x-amz-date',
    'x-amz-content-sha256',
    'content-type',
  ],
  headers: ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'host'],
});

describe('sigv4Scheme', () => {
  test('names the key, the time and what is covered', () => {
    expect(sigv4Scheme.present(received(signed({ headers: [['X-Amount', '1']] })), PROFILE)).toMatchObject({
      kind: 'presented',
      presented: {
        signer: { kind: 'named', ids: ['AKIDEXAMPLE'] },
        createdMs: NOW_MS,
        covered: [
          '"@method"',
          '"@authority"',
          '"@path"',
          '"@query"',
          '"content-digest"',
          '"host"',
          '"x-amount"',
          '"x-amz-content-sha256"',
          '"x-amz-date"',
        ],
      },
    });
  });

  test.each<[string, Received]>([
    ['a Host line beside the authority', added('Host', 'api.test')],
    ['parts in another order', authorization(/(Credential=\S+), (SignedHeaders=\S+), (\S+)/, '$3,$1, $2')],
    ['headers that are not signed and not x-amz-*', added('x-forwarded-for', '192.0.2.1')],
    ['an escaped path', signed({ target: '/a%20b/%e4%b8%ad/c:d%2F' })],
    ['a path that ends in a slash', signed({ target: '/a/' })],
    ['a subresource without a value', signed({ target: '/?acl' })],
    ['one name twice, values in order', signed({ target: '/?a=1&b=3&a=2' })],
    [
      'several lines of a signed header',
      signed({
        headers: [
          ['x-tag', 'a'],
          ['x-tag', 'b'],
        ],
      }),
    ],
  ])('proves %s', (_name, message) => {
    expect(verdict(message)).toBe('proven');
  });

  test.each<[string, Received, string]>([
    ['no Authorization', without('authorization'), 'absent'],
    ['a bearer token', bent('authorization', () => 'Bearer AWS4-HMAC-SHA256'), 'absent'],
    ['two Authorization lines', added('Authorization', 'Bearer x'), 'repeated_header'],
    ['SigV4A', authorization('HMAC-SHA256', 'ECDSA-P256-SHA256'), 'unsupported_algorithm'],
    ['HMAC-SHA1', authorization('HMAC-SHA256', 'HMAC-SHA1'), 'unsupported_algorithm'],
    [
      'a presigned URL',
      { target: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00' },
      'unsupported_algorithm',
    ],
    [
      'a presigned URL beside a header',
      { ...signed(), target: '/?x-amz-signature=0' },
      'unsupported_algorithm',
    ],
    ['merged headers', { ...signed(), isLossy: true }, 'unclean_header'],
    ['a second Credential', authorization(', Sig', ', Credential=x, Sig'), 'duplicate_parameter'],
    ['an unknown part', authorization(', Sig', ', Expires=1, Sig'), 'malformed_signature'],
    ['no Signature', authorization(/, Signature.*/, ''), 'malformed_signature'],
    ['an empty Signature', authorization(/Signature=.*/, 'Signature='), 'malformed_signature'],
    ['an upper-case Signature', authorization(/[0-9a-f]{64}/, 'A'.repeat(64)), 'malformed_signature'],
    ['a Signature and a byte', authorization(/$/, '00'), 'malformed_signature'],
    ['no Credential', authorization(/Credential=\S+ /, ''), 'malformed_key_id'],
    ['a key id of 129 characters', authorization('AKIDEXAMPLE', 'k'.repeat(129)), 'malformed_key_id'],
    ['a path as key id', authorization('AKIDEXAMPLE', '../../x'), 'malformed_parameter'],
    ['another terminator', authorization('aws4_request', 'aws5_request'), 'malformed_parameter'],
    ['a longer scope', authorization('/aws4_request', '/aws4_request/x'), 'malformed_parameter'],
    ['another region', authorization('eu-west-1', 'us-east-1'), 'malformed_parameter'],
    ['another service', authorization('execute-api', 's3'), 'malformed_parameter'],
    ['the date of another day', authorization('20260101', '20260102'), 'malformed_timestamp'],
    ['no SignedHeaders', authorization(/SignedHeaders=\S+ /, ''), 'missing_component'],
    ['host not signed', authorization('host;', ''), 'missing_component'],
    ['x-amz-date not signed', authorization(';x-amz-date', ''), 'missing_component'],
    ['an x-amz-* header that is not signed', added('X-Amz-Target', 'x'), 'missing_component'],
    ['a signed header that is not there', without('x-amz-content-sha256'), 'missing_component'],
    [
      'headers in another order',
      authorization('host;x-amz-content-sha256', 'x-amz-content-sha256;host'),
      'malformed_parameter',
    ],
    ['a header signed twice', authorization('host;', 'host;host;'), 'malformed_parameter'],
    ['a header in upper case', authorization('host;', 'HOST;host;'), 'malformed_parameter'],
    ['an empty name', authorization('host;', ';host;'), 'malformed_parameter'],
    [
      '65 headers',
      authorization('host;', Array.from({ length: 63 }, (_, at) => `h${at};`).join('')),
      'oversized_signature',
    ],
    ['two x-amz-date', added('x-amz-date', '20260101T102030Z'), 'repeated_header'],
    ['another time of the day', bent('x-amz-date', (text) => text.replace('T10', 'T11')), 'unproven'],
    ['a time in RFC 3339', bent('x-amz-date', () => '2026-01-01T10:20:30Z'), 'malformed_timestamp'],
    ['a time with an offset', bent('x-amz-date', () => '20260101T102030+0000'), 'malformed_timestamp'],
    ['an hour that is none', bent('x-amz-date', () => '20260101T242030Z'), 'malformed_timestamp'],
    ['a body that is not the hashed one', { ...signed(), body: '{"a":1}' }, 'digest_mismatch'],
    ['UNSIGNED-PAYLOAD', bent('x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'), 'unsupported_digest'],
    [
      'a streamed payload',
      bent('x-amz-content-sha256', () => 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
      'unsupported_digest',
    ],
    ['no hash', bent('x-amz-content-sha256', () => ''), 'malformed_digest'],
    ['an upper-case hash', bent('x-amz-content-sha256', (text) => text.toUpperCase()), 'malformed_digest'],
    ['another authority', { ...signed(), authority: 'api.other' }, 'unproven'],
    ['an authority in upper case', { ...signed(), authority: 'API.TEST' }, 'unproven'],
    ['no authority', { ...signed(), authority: '' }, 'malformed_authority'],
    ['a Host that is another', added('Host', 'api.other'), 'malformed_authority'],
    ['two Hosts', added('Host', 'api.test', added('Host', 'api.test')), 'repeated_header'],
    ['a forwarded host', { ...added('X-Forwarded-Host', 'api.test'), authority: 'evil.test' }, 'unproven'],
    ['another method', { ...signed(), method: 'PUT' }, 'unproven'],
    ['an absolute target', { ...signed(), target: 'https://api.test/pay' }, 'malformed_target'],
    ['another order of names, which signs alike', { ...signed(), target: '/pay?a=1&b=2' }, 'proven'],
    ['another path', { ...signed(), target: '/pay2?b=2&a=1' }, 'unproven'],
    ['a path escaped for no reason', { ...signed(), target: '/%70ay?b=2&a=1' }, 'unproven'],
    ['a dot segment', { ...signed(), target: '/x/../pay?b=2&a=1' }, 'malformed_target'],
    ['a dot', { ...signed(), target: '/./pay?b=2&a=1' }, 'malformed_target'],
    ['two slashes', { ...signed(), target: '//pay?b=2&a=1' }, 'malformed_target'],
    ['a plus', { ...signed(), target: '/pay?b=2+2' }, 'malformed_target'],
    ['a lower-case escape in the query', { ...signed(), target: '/pay?b=%2f' }, 'malformed_target'],
    ['an escape that need not be', { ...signed(), target: '/pay?%62=2&a=1' }, 'malformed_target'],
    ['half an escape', { ...signed(), target: '/pay?b=2%' }, 'malformed_target'],
    ['a semicolon', { ...signed(), target: '/pay?b=2;a=1' }, 'malformed_target'],
    ['an empty parameter', { ...signed(), target: '/pay?b=2&&a=1' }, 'malformed_target'],
    ['a bare question mark', { ...signed(), target: '/pay?' }, 'malformed_target'],
    ['a nameless parameter', { ...signed(), target: '/pay?=1' }, 'malformed_target'],
    ['values of one name out of order', { ...signed(), target: '/pay?a=2&a=1' }, 'repeated_component'],
    ['a line feed in the Authorization', bent('authorization', (text) => `${text}\n`), 'unclean_header'],
    ['a signed header in full-width digits', bent('x-amz-date', () => '\xef\xbc\x91'), 'unclean_header'],
  ])('answers %s', (_name, message, reason) => {
    expect(verdict(message)).toBe(reason);
  });

  test('takes the path of S3 as it is, and only in its one spelling', () => {
    const s3 = { scheme: 'sigv4', service: 's3' } as const;
    const right = signed({ target: '/bucket/a%20b//c', service: 's3' });
    expect(verdictOf(sigv4Scheme, s3, KEY, right)).toBe('proven');
    for (const target of ['/bucket/a%20b//%63', '/bucket/a+b//c', '/bucket/a!//c']) {
      expect(verdictOf(sigv4Scheme, s3, KEY, { ...right, target })).toBe('malformed_target');
    }
  });

  test('proves the same again, and other scopes, with what it has kept', () => {
    const open = { scheme: 'sigv4' } as const;
    for (let at = 0; at < 250; at += 1) {
      const message = signed({ service: `service-${at}` });
      expect(verdictOf(sigv4Scheme, open, KEY, message)).toBe('proven');
      expect(verdictOf(sigv4Scheme, open, KEY, message)).toBe('proven');
      expect(verdictOf(sigv4Scheme, open, secret('other'), message)).toBe('unproven');
    }
  });
});

describe('signSigv4', () => {
  const request = {
    method: 'GET',
    scheme: 'https',
    authority: 'a.test',
    target: '/',
    headers: [],
    body: Buffer.of(),
  };
  const context = { key: SIGNING_KEY, nowMs: NOW_MS, nonce: 'n' };

  test.each([
    ['no region', { scheme: 'sigv4', service: 's3' } as const, '/', 'region'],
    ['a target of two spellings', PROFILE, '/?a=b+c', 'spelled'],
    ['values out of order', PROFILE, '/?a=2&a=1', 'in order'],
  ])('refuses %s', (_name, profile, target, message) => {
    expect(() => signSigv4({ ...request, target }, profile, context)).toThrow(message);
  });
});

describe('parseAmzDate', () => {
  test.each([
    '20260230T000000Z',
    '20261301T000000Z',
    '20260101T000060Z',
    '00000000T000000Z',
    '20260101T000000',
    '',
  ])('refuses %j', (text) => expect(parseAmzDate(text)).toBeUndefined());
});
