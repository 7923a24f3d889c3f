import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { PublicKeyAlgorithm } from './algorithm.ts';
import { readPublicKey } from './read-public-key.ts';
import { EC_CERTIFICATE } from './testing/certificates.ts';
import { RSA_PSS_KEYS } from './testing/rsa-pss-keys.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject, more: object = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

const GOOD: readonly (readonly [PublicKeyAlgorithm, KeyObject, string])[] = [
  ['ed25519', ed.publicKey, 'EdDSA'],
  ['ecdsa-p256-sha256', p256.publicKey, 'ES256'],
  ['ecdsa-p384-sha384', p384.publicKey, 'ES384'],
  ['rsa-pss-sha512', rsa.publicKey, 'PS512'],
  ['rsa-v1_5-sha256', rsa.publicKey, 'RS256'],
];

describe('readPublicKey', () => {
  test.each(GOOD)(
    'reads a key of %s from PEM and from JWK, with and without alg, as one key',
    (algorithm, key, alg) => {
      const texts = [
        pem(key),
        `\r\n${pem(key).replaceAll('\n', '\r\n')}`,
        jwk(key),
        jwk(key, { alg, use: 'sig', kid: 'x' }),
      ];
      const read = texts.map((text) => readPublicKey(text, algorithm));
      const scope = read[0]?.kind === 'key' ? read[0].nonceScope : 'none';
      expect(scope).toMatch(/^[\w-]{43}$/);
      for (const one of read) expect(one).toMatchObject({ kind: 'key', algorithm, nonceScope: scope });
    },
  );

  test('reads a certificate with its dates and serial number', () => {
    expect(readPublicKey(EC_CERTIFICATE, 'ecdsa-p256-sha256')).toMatchObject({
      kind: 'key',
      notBeforeMs: Date.UTC(2026, 0, 5, 3, 4, 5),
      notAfterMs: Date.UTC(2027, 1, 6, 0, 0, 0),
      serial: '0123456789ABCDEF',
    });
  });

  test.each(['sha512', 'any'] as const)('takes an RSA-PSS key (%s) for the RSA key that it is', (name) => {
    const pss = RSA_PSS_KEYS[name];
    const read = readPublicKey(pss, 'rsa-pss-sha512');
    expect(read).toMatchObject({ kind: 'key', algorithm: 'rsa-pss-sha512' });
    if (read.kind === 'bad') return;
    expect(read.key.asymmetricKeyType).toBe('rsa');
    expect(readPublicKey(pem(read.key), 'rsa-pss-sha512')).toMatchObject({ nonceScope: read.nonceScope });
    expect(readPublicKey(pss, 'rsa-v1_5-sha256')).toMatchObject({ code: 'PM6103' });
  });

  test('takes PKCS#1 for the key that it is', () => {
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const [one, other] = [pkcs1, pem(rsa.publicKey)].map((text) => readPublicKey(text, 'rsa-v1_5-sha256'));
    expect(one).toMatchObject({ kind: 'key', nonceScope: other?.kind === 'key' ? other.nonceScope : '' });
  });

  test('takes both spellings of a point for one key', () => {
    const der = p256.publicKey.export({ type: 'spki', format: 'der' });
    const read = [der, compressed(der)].map((spki) => readPublicKey(pemOf(spki), 'ecdsa-p256-sha256'));
    expect(read[0]).toMatchObject({ kind: 'key' });
    expect(read[1]).toMatchObject({ nonceScope: read[0]?.kind === 'key' ? read[0].nonceScope : '' });
  });

  test.each<[string, string, PublicKeyAlgorithm, string, string]>([
    ['nothing', ' \n', 'ed25519', 'PM6101', 'nothing'],
    ['some text', 'hello', 'ed25519', 'PM6101', 'text of another form'],
    ['half a file', pem(ed.publicKey).slice(0, 60), 'ed25519', 'PM6101', 'text of another form'],
    ['two keys', pem(ed.publicKey) + pem(p256.publicKey), 'ed25519', 'PM6101', 'text of another form'],
    [
      'a damaged key',
      pem(ed.publicKey).replace('MCow', 'MCoo'),
      'ed25519',
      'PM6101',
      'a block PUBLIC KEY that cannot be decoded',
    ],
    [
      'a damaged certificate',
      certificateOf('AAAA'),
      'ed25519',
      'PM6101',
      'a block CERTIFICATE that cannot be decoded',
    ],
    [
      'parameters of a curve',
      pemOf(Buffer.from('06082a8648ce3d030107', 'hex'), 'EC PARAMETERS'),
      'ecdsa-p256-sha256',
      'PM6101',
      'a block EC PARAMETERS',
    ],
    [
      'a private key',
      ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'ed25519',
      'PM6102',
      'a private key',
    ],
    [
      'an RSA private key of the old form',
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      'rsa-v1_5-sha256',
      'PM6102',
      'a private key',
    ],
    [
      'a private key behind a public one',
      pem(ed.publicKey) + ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'ed25519',
      'PM6102',
      'a private key',
    ],
    ['a private JWK', jwk(ed.privateKey), 'ed25519', 'PM6102', 'a private key'],
    ['a private RSA JWK', jwk(rsa.privateKey), 'rsa-pss-sha512', 'PM6102', 'a private key'],
    ['half a JWK', jwk(ed.publicKey).slice(0, 20), 'ed25519', 'PM6101', 'text that is not JSON'],
    ['a symmetric JWK', '{"kty":"oct","k":"AAAA"}', 'ed25519', 'PM6103', 'a symmetric key'],
    [
      'a JWK of an unknown curve',
      '{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}',
      'ecdsa-p256-sha256',
      'PM6103',
      'another type or curve',
    ],
    [
      'a JWK of a type that does not fit its curve',
      jwk(ed.publicKey, { kty: 'EC' }),
      'ed25519',
      'PM6103',
      'another type or curve',
    ],
    [
      'a JWK whose alg does not fit its type',
      jwk(ed.publicKey, { alg: 'ES256' }),
      'ed25519',
      'PM6103',
      'another alg',
    ],
    ['a JWK whose alg is none', jwk(ed.publicKey, { alg: 'none' }), 'ed25519', 'PM6103', 'another alg'],
    [
      'a JWK for PS512',
      jwk(rsa.publicKey, { alg: 'PS512' }),
      'rsa-v1_5-sha256',
      'PM6103',
      'one of rsa-pss-sha512',
    ],
    ['a JWK for encryption', jwk(rsa.publicKey, { use: 'enc' }), 'rsa-v1_5-sha256', 'PM6103', 'another use'],
    [
      'a JWK for signing only',
      jwk(rsa.publicKey, { key_ops: ['sign'] }),
      'rsa-v1_5-sha256',
      'PM6103',
      'other key_ops',
    ],
    [
      'a point that is not on its curve',
      jwk(p256.publicKey, { x: Buffer.alloc(32, 1).toString('base64url') }),
      'ecdsa-p256-sha256',
      'PM6101',
      'members that make no key',
    ],
    [
      'a coordinate that is a number',
      jwk(p256.publicKey, { x: 1 }),
      'ecdsa-p256-sha256',
      'PM6101',
      'another spelling',
    ],
    [
      'a coordinate with padding',
      jwk(ed.publicKey, { x: Buffer.alloc(32, 1).toString('base64') }),
      'ed25519',
      'PM6101',
      'another spelling',
    ],
    [
      'a JWK without its point',
      '{"kty":"OKP","crv":"Ed25519"}',
      'ed25519',
      'PM6101',
      'members that make no key',
    ],
    ['a key of another type', pem(rsa.publicKey), 'ed25519', 'PM6103', 'a key of type rsa'],
    ['an Ed25519 key for ECDSA', pem(ed.publicKey), 'ecdsa-p256-sha256', 'PM6103', 'a key of type ed25519'],
    ['a key on another curve', pem(p384.publicKey), 'ecdsa-p256-sha256', 'PM6106', 'secp384r1'],
    ['a JWK on another curve', jwk(p256.publicKey), 'ecdsa-p384-sha384', 'PM6106', 'prime256v1'],
    [
      'a curve that nobody asked for',
      pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      'ecdsa-p256-sha256',
      'PM6106',
      'secp256k1',
    ],
    [
      'RSA of 1024 bits',
      pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'rsa-pss-sha512',
      'PM6104',
      '1024 bits',
    ],
    ['RSA of 2047 bits', rsaJwk(2047, 65_537n), 'rsa-pss-sha512', 'PM6104', '2047 bits'],
    ['RSA of 8200 bits', rsaJwk(8200, 65_537n), 'rsa-v1_5-sha256', 'PM6104', '8200 bits'],
    ['an exponent of 1', rsaJwk(2048, 1n), 'rsa-v1_5-sha256', 'PM6105', '1'],
    ['an exponent of 3', rsaJwk(2048, 3n), 'rsa-v1_5-sha256', 'PM6105', '3'],
    ['an even exponent', rsaJwk(2048, 65_538n), 'rsa-v1_5-sha256', 'PM6105', '65538'],
    ['an exponent beyond 32 bits', rsaJwk(2048, 2n ** 32n + 1n), 'rsa-v1_5-sha256', 'PM6105', '4294967297'],
    [
      'an exponent as long as the modulus',
      rsaJwk(2048, 2n ** 2000n + 1n),
      'rsa-v1_5-sha256',
      'PM6105',
      'a larger one',
    ],
    [
      'RSA-PSS for SHA-256',
      RSA_PSS_KEYS.sha256,
      'rsa-pss-sha512',
      'PM6103',
      'a key for RSA-PSS with sha256, sha256 and 32 bytes of salt',
    ],
  ])('refuses %s', (_name, text, algorithm, code, got) => {
    const read = readPublicKey(text, algorithm);
    expect(read).toMatchObject({ kind: 'bad', code, got });
  });

  test('knows a curve by its parameters, and refuses it with a generator that its maker chose', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
    const named = readPublicKey(jwk(publicKey), 'ecdsa-p256-sha256');
    const nonceScope = named.kind === 'key' ? named.nonceScope : 'none';
    expect(readPublicKey(pem(publicKey), 'ecdsa-p256-sha256')).toMatchObject({ kind: 'key', nonceScope });
    expect(readPublicKey(pemOf(ownGenerator(publicKey)), 'ecdsa-p256-sha256')).toMatchObject({ kind: 'bad' });
  });

  // https://cr.yp.to/ecdh.html#validate, and the same points with 2^255 - 19 added.
  test.each([
    ['0100000000000000000000000000000000000000000000000000000000000000', 'small order'],
    ['0100000000000000000000000000000000000000000000000000000000000080', 'small order'],
    ['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'small order'],
    ['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 'small order'],
    ['0000000000000000000000000000000000000000000000000000000000000000', 'small order'],
    ['0000000000000000000000000000000000000000000000000000000000000080', 'small order'],
    ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'small order'],
    ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', 'small order'],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'small order'],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85', 'small order'],
    ['edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'not canonical'],
    ['eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'not canonical'],
    ['ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 'not canonical'],
  ])('refuses the Ed25519 point %s', (hex, why) => {
    const x = Buffer.from(hex, 'hex').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    for (const text of [pem(key), jwk(key)]) {
      expect(readPublicKey(text, 'ed25519')).toMatchObject({
        code: 'PM6107',
        got: expect.stringContaining(why),
      });
    }
  });

  test('never throws and never repeats what it was given', () => {
    const secret = 'c2VjcmV0c2VjcmV0';
    for (const text of [
      secret,
      `{"kty":"${secret}"}`,
      `{"${secret}`,
      `-----BEGIN ${secret}-----`,
      `{"kty":"OKP","crv":"${secret}","alg":["${secret}"]}`,
      '[]',
      '{}',
      'null',
    ]) {
      expect(JSON.stringify(readPublicKey(text, 'ed25519'))).not.toContain(secret);
    }
  });
});

/** A key with any modulus of so many bits: nobody has its factors, and nobody needs them. */
function rsaJwk(bits: number, exponent: bigint): string {
  const encode = (value: bigint): string => {
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
  };
  return JSON.stringify({ kty: 'RSA', n: encode(2n ** BigInt(bits) - 159n), e: encode(exponent) });
}

function pemOf(der: Buffer, label = 'PUBLIC KEY'): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
}

/** The same key with its point compressed (SEC 1, section 2.3.3): only x and the last bit of y. */
function compressed(der: Buffer): Buffer {
  const point = der.subarray(-64);
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  return Buffer.concat([head, Buffer.from([2 + ((point[63] ?? 0) & 1)]), point.subarray(0, 32)]);
}

function certificateOf(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

/** The public point as the generator: whoever wrote it has the private key 1 (as in CVE-2020-0601). */
function ownGenerator(key: KeyObject): Buffer {
  const der = key.export({ type: 'spki', format: 'der' });
  const generator = der.indexOf(Buffer.from('046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0', 'hex'));
  expect(generator).toBeGreaterThan(0);
  der.copy(der, generator, der.length - 65);
  return der;
}
