import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { readJwks } from './read-jwks.ts';

const ed = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').publicKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;

const TERMS = { owner: 'm', algorithms: ['ed25519', 'rsa-pss-sha512', 'rsa-v1_5-sha256'] } as const;

const entry = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more });
const read = (...entries: readonly unknown[]) => readJwks(JSON.stringify({ keys: entries }), TERMS);

describe('readJwks', () => {
  test('reads the keys of a set, all in the name of one owner', () => {
    const loaded = read(
      entry(ed.publicKey, { kid: 'a', use: 'sig' }),
      entry(rsa, { kid: 'b', alg: 'RS256' }),
    );
    expect(loaded).toMatchObject({
      kind: 'keys',
      keys: [
        { id: 'a', owner: 'm', algorithm: 'ed25519', isRevoked: false },
        { id: 'b', owner: 'm', algorithm: 'rsa-v1_5-sha256' },
      ],
      leftOut: [],
    });
  });

  test('an empty set takes all keys back', () => {
    expect(read()).toEqual({ kind: 'keys', keys: [], leftOut: [] });
  });

  test.each<[string, unknown, RegExp]>([
    ['without kid', entry(other), /a kid of 1 to 128/],
    ['with a kid that is a number', entry(other, { kid: 7 }), /a kid of 1 to 128/],
    ['with a kid that would split a line', entry(other, { kid: 'a\nb' }), /a kid of 1 to 128/],
    ['that is symmetric', { kty: 'oct', k: 'c2VjcmV0c2VjcmV0c2VjcmV0', kid: 'x' }, /a symmetric key/],
    ['for encryption', entry(other, { kid: 'x', use: 'enc' }), /another use/],
    ['that is weak', entry(weak, { kid: 'x', alg: 'RS256' }), /1024 bits/],
    ['that fits two algorithms', entry(rsa, { kid: 'x' }), /fits both/],
    [
      'of an algorithm that is not wanted',
      entry(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, { kid: 'x' }),
      /one of ecdsa-p256-sha256/,
    ],
    ['of an alg that nobody verifies', entry(rsa, { kid: 'x', alg: 'RSA-OAEP' }), /another alg/],
    ['that is private', entry(ed.privateKey, { kid: 'x' }), /a private key/],
    ['that is the same as another', entry(ed.publicKey, { kid: 'x' }), /the same key as "good"/],
    ['that is none', 'key', /a kid/],
  ])('leaves out a key %s and takes the others', (_name, bad, why) => {
    const loaded = read(entry(ed.publicKey, { kid: 'good' }), bad);
    expect(loaded).toMatchObject({ kind: 'keys', keys: [{ id: 'good' }] });
    expect(loaded.kind === 'keys' ? loaded.leftOut : []).toEqual([expect.stringMatching(why)]);
    expect(JSON.stringify(loaded)).not.toContain('c2VjcmV0');
  });

  test('leaves out both keys of one kid', () => {
    const loaded = read(
      entry(ed.publicKey, { kid: 'a' }),
      entry(other, { kid: 'a' }),
      entry(rsa, { kid: 'b', alg: 'PS512' }),
    );
    expect(loaded).toMatchObject({
      keys: [{ id: 'b' }],
      leftOut: [/* each */ expect.any(String), expect.any(String)],
    });
  });

  test.each([
    ['no JSON', '<html>', 'its answer is no JWK Set'],
    ['nothing', '', 'its answer is no JWK Set'],
    ['a list', '[]', 'its answer is no JWK Set'],
    ['a JWK', '{"kty":"OKP"}', 'its answer is no JWK Set'],
    ['keys that are no list', '{"keys":{}}', 'its answer is no JWK Set'],
    [
      '101 keys',
      JSON.stringify({ keys: Array.from({ length: 101 }, () => ({})) }),
      'its answer has more than 100 keys',
    ],
  ])('fails on %s', (_name, text, why) => {
    expect(readJwks(text, TERMS)).toEqual({ kind: 'failed', why });
  });

  test('takes any text without an exception, and never gives two keys one id', () => {
    const member = fc.oneof(
      fc.constantFrom('a', 'b', 'sig', 'OKP', 'RSA', 'EC', 'Ed25519', 'AQAB'),
      fc.jsonValue(),
    );
    const names = ['kty', 'crv', 'kid', 'x', 'y', 'n', 'e', 'alg', 'use', 'key_ops', '__proto__'];
    const odd = fc.dictionary(fc.constantFrom(...names), member);
    const usual = fc.constantFrom(
      entry(ed.publicKey, { kid: 'a' }),
      entry(other, { kid: 'a' }),
      entry(rsa, { kid: 'b', alg: 'PS512' }),
    );
    const sets = fc.array(fc.oneof(odd, usual, fc.jsonValue())).map((keys) => JSON.stringify({ keys }));
    fc.assert(
      fc.property(fc.oneof(sets, fc.json(), fc.string()), (text) => {
        const loaded = readJwks(text, TERMS);
        const ids = loaded.kind === 'keys' ? loaded.keys.map(({ id }) => id) : [];
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
