import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { parseJwks } from './index.ts';

const ec = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid: 'ec',
};
const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const rsa = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'rsa' };
const weak = {
  ...generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' }),
  kid: 'weak',
};
const ed = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'ed' };

const parse = (keys: readonly object[], ...algorithms: string[]) =>
  parseJwks(JSON.stringify({ keys }), algorithms);

describe('parseJwks', () => {
  test('says the algorithm of every key, each once', () => {
    const parsed = parse([ec, rsa, ed], 'RS256', 'PS256', 'EdDSA');
    const keys = parsed.kind === 'keys' ? parsed.jwks.keys.map(({ kid, alg }) => `${kid} ${alg}`) : [];
    expect(keys).toEqual(['rsa RS256', 'rsa PS256', 'ed EdDSA']);
  });

  test('keeps nothing but the public members', () => {
    const parsed = parse([{ ...ec, x5c: ['cert'], __proto__: { d: 'x' }, extra: 1 }], 'ES256');
    expect(parsed).toEqual({
      kind: 'keys',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: ec.x, y: ec.y, kid: 'ec', alg: 'ES256', use: 'sig' }] },
    });
  });

  test('passes over keys for encryption and of other algorithms', () => {
    const parsed = parse([ec, { ...rsa, use: 'enc' }, { ...rsa, kid: 'ps', alg: 'PS512' }], 'ES256', 'RS256');
    expect(parsed.kind === 'keys' && parsed.jwks.keys).toHaveLength(1);
  });

  test.each([
    ['nothing', '', 'no JSON object with a list of keys'],
    ['a list', '[]', 'no JSON object with a list of keys'],
    ['items that are no keys', '{"keys":[1]}', 'no JSON object with a list of keys'],
    ['a large document', ' '.repeat(65_537), 'more than 65536 bytes'],
    ['no key', '{"keys":[]}', 'no key for ES256'],
    ['a secret', '{"keys":[{"kty":"oct","k":"AA","kid":"a"}]}', 'a key that is secret'],
    ['a private key', JSON.stringify({ keys: [{ ...ec, d: 'x' }] }), 'a key that is secret'],
    ['a point beside its curve', JSON.stringify({ keys: [{ ...ec, y: ec.x }] }), 'a key that cannot be read'],
    ['a nameless key', JSON.stringify({ keys: [{ ...ec, kid: undefined }] }), 'a key without a kid'],
    ['two of a name', JSON.stringify({ keys: [ec, ec] }), 'two keys of one kid'],
  ])('refuses %s', (_name, text, got) => {
    expect(parseJwks(text, ['ES256'])).toEqual({ kind: 'malformed', got });
  });

  test.each([
    ['1024 bits', weak],
    ['the exponent 1', { ...rsa, e: 'AQ' }],
    [
      'zeros in front',
      {
        ...weak,
        n: Buffer.concat([Buffer.alloc(200), Buffer.from(String(weak.n), 'base64url')]).toString('base64url'),
      },
    ],
  ])('refuses RSA with %s', (_name, key) => {
    expect(parse([key], 'RS256')).toEqual({ kind: 'malformed', got: 'an RSA key below 2048 bits' });
  });
});
