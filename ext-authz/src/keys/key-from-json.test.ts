import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { algorithms } from './algorithm.ts';
import { keyFromJson } from './key-from-json.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = p256.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = p256.publicKey.export({ format: 'jwk' });
const secret = randomBytes(32).toString('base64');

describe('keyFromJson', () => {
  test.each([
    ['PEM', { id: 'a', alg: 'ecdsa-p256-sha256', pem }, 'ecdsa-p256-sha256'],
    ['the short name of an algorithm', { id: 'a', alg: 'ecdsa-p256', pem }, 'ecdsa-p256-sha256'],
    ['JWK', { id: 'a', alg: 'ecdsa-p256', jwk }, 'ecdsa-p256-sha256'],
    ['a secret', { id: 'a', alg: 'hmac-sha256', secret }, 'hmac-sha256'],
    [
      'a secret in a JWK',
      {
        id: 'a',
        alg: 'hmac-sha256',
        jwk: { kty: 'oct', k: Buffer.from(secret, 'base64').toString('base64url') },
      },
      'hmac-sha256',
    ],
  ])('reads %s', (_name, json, algorithm) => {
    const read = keyFromJson(json, 'owner');
    expect(read).toMatchObject({
      kind: 'key',
      key: {
        id: 'a',
        owner: 'owner',
        algorithm,
        notBeforeMs: undefined,
        notAfterMs: undefined,
        isRevoked: false,
      },
    });
  });

  test('reads dates in seconds and the revocation', () => {
    const json = {
      id: 'a',
      alg: 'hmac-sha256',
      secret,
      notBefore: 1,
      notAfter: 1_700_000_000,
      revoked: true,
    };
    expect(keyFromJson(json, 'o')).toMatchObject({
      key: { notBeforeMs: 1_000, notAfterMs: 1_700_000_000_000, isRevoked: true },
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /JSON object/],
    ['no id', { alg: 'hmac-sha256', secret }, /an id/],
    ['an algorithm of another name', { id: 'a', alg: 'none', secret }, /expected alg/],
    ['an algorithm that only objects have', { id: 'a', alg: 'constructor', secret }, /expected alg/],
    ['no material', { id: 'a', alg: 'hmac-sha256' }, /exactly one of pem, jwk, secret/],
    ['two materials', { id: 'a', alg: 'ecdsa-p256', pem, jwk }, /exactly one of/],
    ['a public key as the secret', { id: 'a', alg: 'hmac-sha256', pem }, /expected secret/],
    ['a secret as the public key', { id: 'a', alg: 'ed25519', secret }, /expected pem or jwk/],
    ['a short secret', { id: 'a', alg: 'hmac-sha256', secret: 'QUJD' }, /16 to 1024 bytes; got 3 bytes/],
    ['another type of key', { id: 'a', alg: 'rsa-pss-sha512', pem }, /got a key of type ec/],
    ['a date that is text', { id: 'a', alg: 'ecdsa-p256', pem, notAfter: '1' }, /Unix seconds/],
    ['a revocation that is text', { id: 'a', alg: 'ecdsa-p256', pem, revoked: 'no' }, /true or false/],
    [
      'a private key',
      { id: 'a', alg: 'ecdsa-p256', pem: p256.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
      /got a private key/,
    ],
  ])('refuses %s', (_name, json, why) => {
    expect(keyFromJson(json, 'o')).toEqual({ kind: 'bad', why: expect.stringMatching(why) });
  });

  test('takes any JSON without an exception, and never repeats a secret', () => {
    const material = fc.oneof(fc.constantFrom(pem, secret, 'x'), fc.jsonValue(), fc.constant(jwk));
    const json = fc.record(
      {
        id: fc.oneof(fc.constant('a'), fc.jsonValue()),
        alg: fc.oneof(fc.constantFrom(...algorithms, 'ecdsa-p384'), fc.jsonValue()),
        pem: material,
        jwk: fc.oneof(
          material,
          fc.record({
            kty: fc.constantFrom('oct', 'EC', 'OKP', 'RSA'),
            crv: fc.constantFrom('P-256', 'Ed25519'),
            x: material,
            y: material,
            n: material,
            e: material,
            k: material,
          }),
        ),
        secret: material,
        notAfter: fc.jsonValue(),
        revoked: fc.jsonValue(),
      },
      { requiredKeys: ['id', 'alg'] },
    );
    fc.assert(
      fc.property(fc.oneof(json, fc.anything()), (value) => {
        const read = keyFromJson(value, 'o');
        expect(JSON.stringify(read)).not.toContain(secret);
      }),
      { numRuns: 2_000 },
    );
  });
});
