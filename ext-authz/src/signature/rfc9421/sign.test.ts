import { createPrivateKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { NOW_MS, NOW_S } from '../../testing/fixtures.ts';
import { RFC_ED25519_PRIVATE, RFC_KEYS, TEST_REQUEST } from '../../testing/rfc9421.ts';
import { signingKeyOf } from '../../testing/rfc9421-check.ts';
import type { OutgoingRequest } from '../signer.ts';
import { acceptSignature, type Rfc9421SignOptions, signRfc9421 } from './index.ts';

const REQUEST: OutgoingRequest = {
  method: 'POST',
  scheme: 'https',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  headers: TEST_REQUEST.headers,
  body: Buffer.from('{"hello": "world"}'),
};
const KEY = signingKeyOf('hmac-sha256');
const CONTEXT = { key: KEY, nowMs: NOW_MS, nonce: 'abcdefghijklmnop' };

function fields(options: Rfc9421SignOptions, request = REQUEST): Record<string, string> {
  return Object.fromEntries(signRfc9421(request, options, CONTEXT).headers);
}

describe('signRfc9421', () => {
  test.each([
    [
      'B.2.5',
      ['date', '@authority', 'content-type'],
      { ...RFC_KEYS['test-shared-secret'], id: 'test-shared-secret' },
      'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    ],
    [
      'B.2.6',
      ['date', '@method', '@path', '@authority', 'content-type', 'content-length'],
      {
        id: 'test-key-ed25519',
        algorithm: 'ed25519',
        key: createPrivateKey({ key: RFC_ED25519_PRIVATE, format: 'jwk' }),
      },
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    ],
  ] as const)('gives the signature of RFC 9421 appendix %s', (_, components, key, signature) => {
    const options = { components, label: 'sig', params: ['created', 'keyid'] };
    const { headers } = signRfc9421(REQUEST, options, { key, nowMs: 1_618_884_473_000, nonce: '' });
    expect(Object.fromEntries(headers)['Signature']).toBe(`sig=:${signature}:`);
  });

  test('says when, with which key and once only, unless told otherwise', () => {
    expect(fields({ components: ['@method'] })['Signature-Input']).toBe(
      `sig1=("@method");created=${NOW_S};nonce="abcdefghijklmnop";keyid="hmac-sha256"`,
    );
  });

  test('adds what other options ask for', () => {
    const options = { components: [], params: ['keyid', 'alg'], tag: 'a"b', expiresInSec: 60, label: 'x' };
    expect(fields(options)['Signature-Input']).toBe(
      String.raw`x=();keyid="hmac-sha256";alg="hmac-sha256";expires=${NOW_S + 60};tag="a\"b"`,
    );
  });

  test.each([
    ['content-digest', undefined, 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:'],
    ['"content-digest";key="sha-512"', 'sha-512' as const, expect.stringMatching(/^sha-512=:WZDPaVn/)],
  ])('makes a digest where %s is covered and absent', (component, digest, value) => {
    expect(
      fields({ components: [component], digest }, { ...REQUEST, headers: [] })['Content-Digest'],
    ).toEqual(value);
  });

  test('leaves a digest alone that is there or is not covered', () => {
    expect(fields({ components: ['content-digest'] })['Content-Digest']).toBeUndefined();
    expect(
      fields({ components: ['@method'] }, { ...REQUEST, headers: [] })['Content-Digest'],
    ).toBeUndefined();
  });

  test('keeps signatures that are there', () => {
    const first = signRfc9421(REQUEST, { components: ['@method'], label: 'a' }, CONTEXT).headers;
    const second = fields(
      { components: ['@path'], label: 'b' },
      { ...REQUEST, headers: [...REQUEST.headers, ...first] },
    );
    expect(second['Signature-Input']).toMatch(/^a=\("@method"\).*, b=\("@path"\)/);
    expect(second['Signature']).toMatch(/^a=:.*:, b=:.*:$/);
  });

  test.each<readonly [string, Rfc9421SignOptions, Partial<OutgoingRequest>?]>([
    ['no component', { components: ['@status'] }],
    ['unclean_header', { components: ['date'] }, { headers: [['Date', 'a\nb']] }],
    ['missing_component', { components: ['x-absent'] }],
    ['no label', { components: [], label: 'A' }],
    ['no signature parameter', { components: [], params: ['x'] }],
    ['printable ASCII', { components: [], tag: 'é' }],
    ['malformed_target', { components: [] }, { target: 'https://other.example/' }],
    ['malformed_authority', { components: [] }, { authority: 'a@b' }],
  ])('throws what is wrong: %s', (...[message, options, change]) => {
    expect(() => signRfc9421({ ...REQUEST, ...change }, options, CONTEXT)).toThrow(message);
  });

  test('throws at a label that is taken', () => {
    const { headers } = signRfc9421(REQUEST, { components: [] }, CONTEXT);
    expect(() => signRfc9421({ ...REQUEST, headers }, { components: [] }, CONTEXT)).toThrow(
      'such a signature',
    );
  });
});

test.each([
  [{}, 'sig1=("@method" "content-digest")'],
  [
    { label: 'pay', params: ['created', 'keyid', 'nonce', 'expires'] },
    'pay=("@method" "content-digest");created;expires',
  ],
  [{ tag: 'a"b', params: ['created'] }, String.raw`sig1=("@method" "content-digest");created;tag="a\"b"`],
])('acceptSignature of %j', (change, value) => {
  const profile = { scheme: 'rfc9421', params: [], isDigestRequired: true, ...change } as const;
  expect(acceptSignature(profile, ['"@method"', '"content-digest"'])).toBe(value);
});
