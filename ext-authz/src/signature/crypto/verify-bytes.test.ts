import {
  constants,
  createHash,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  sign,
} from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { type Algorithm, algorithms } from '../../keys/index.ts';
import { signBytes, verifyBytes } from './index.ts';

const SIGNED = Buffer.from('"@signature-params": ();created=1767225600');

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SECRET = createSecretKey(Buffer.alloc(32, 7));
const PAIRS: Readonly<Record<Algorithm, KeyPair>> = {
  'hmac-sha256': { privateKey: SECRET, publicKey: SECRET },
  ed25519: generateKeyPairSync('ed25519'),
  'ecdsa-p256-sha256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384-sha384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'rsa-pss-sha512': RSA,
  'rsa-v1_5-sha256': RSA,
};

function right(algorithm: Algorithm): Buffer {
  return signBytes({ algorithm, key: PAIRS[algorithm].privateKey }, SIGNED);
}

function verifies(algorithm: Algorithm, signature: Uint8Array, signed: Uint8Array = SIGNED): boolean {
  return verifyBytes({ algorithm, key: PAIRS[algorithm].publicKey }, signed, signature);
}

describe.each(algorithms)('%s', (algorithm) => {
  const signature = right(algorithm);

  test('proves what was signed', () => {
    expect(verifies(algorithm, signature)).toBe(true);
  });

  test('proves no other bytes', () => {
    expect(verifies(algorithm, signature, Buffer.concat([SIGNED, Buffer.alloc(1)]))).toBe(false);
    expect(verifies(algorithm, signature, new Uint8Array())).toBe(false);
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['all zero', Buffer.alloc(signature.length)],
    ['all ones', Buffer.alloc(signature.length, 0xff)],
    ['a byte short at the end', signature.subarray(0, -1)],
    ['a byte short at the start', signature.subarray(1)],
    ['a zero more at the end', Buffer.concat([signature, Buffer.alloc(1)])],
    ['a zero more at the start', Buffer.concat([Buffer.alloc(1), signature])],
    ['twice', Buffer.concat([signature, signature])],
    ['in base64', Buffer.from(signature.toString('base64'))],
    ['in hexadecimal', Buffer.from(signature.toString('hex'))],
  ])('is no proof %s', (_, bytes) => {
    expect(verifies(algorithm, bytes)).toBe(false);
  });

  test('is no proof with any one bit flipped', () => {
    for (let at = 0; at < signature.length; at += 7) {
      const bent = Buffer.from(signature);
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(verifies(algorithm, bent)).toBe(false);
    }
  });

  test('proves nothing under a key of another kind', () => {
    for (const other of algorithms) {
      if (PAIRS[other] === PAIRS[algorithm]) continue;
      expect(verifyBytes({ algorithm, key: PAIRS[other].publicKey }, SIGNED, signature)).toBe(false);
    }
  });
});

describe.each([
  ['ecdsa-p256-sha256', 'sha256', 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'],
  [
    'ecdsa-p384-sha384',
    'sha384',
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ],
] as const)('%s', (algorithm, digest, order) => {
  const signature = right(algorithm);
  const size = signature.length / 2;
  const r = signature.subarray(0, size);
  const s = signature.subarray(size);
  const n = Buffer.from(order, 'hex');
  const zero = Buffer.alloc(size);
  const plusOrder = (value: Buffer) =>
    fixed(BigInt(`0x${value.toString('hex')}`) + BigInt(`0x${order}`), size);

  test.each([
    ['in DER', sign(digest, SIGNED, PAIRS[algorithm].privateKey)],
    ['with r and s swapped', Buffer.concat([s, r])],
    ['with r zero', Buffer.concat([zero, s])],
    ['with s zero', Buffer.concat([r, zero])],
    ['with r and s zero', Buffer.concat([zero, zero])],
    ['with r one and s zero', Buffer.concat([fixed(1n, size), zero])],
    ['with r the order', Buffer.concat([n, s])],
    ['with s the order', Buffer.concat([r, n])],
    ['with r and s the order', Buffer.concat([n, n])],
    ['with r and s one', Buffer.concat([fixed(1n, size), fixed(1n, size)])],
    ['with r above the order', Buffer.concat([plusOrder(r), s])],
    ['with s above the order', Buffer.concat([r, plusOrder(s)])],
  ])('is no proof %s', (_, bytes) => {
    expect(verifies(algorithm, bytes)).toBe(false);
  });

  test('is one with the other s, which RFC 9421 allows', () => {
    const other = fixed(BigInt(`0x${order}`) - BigInt(`0x${s.toString('hex')}`), size);
    expect(verifies(algorithm, Buffer.concat([r, other]))).toBe(true);
  });
});

describe('ed25519', () => {
  /** Order of the base point, RFC 8032 section 5.1. */
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const signature = right('ed25519');

  test('is no proof with the order added to s', () => {
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`);
    const bent = Buffer.concat([signature.subarray(0, 32), fixed(s + L, 32).reverse()]);
    expect(verifies('ed25519', bent)).toBe(false);
  });

  test('is no proof under the neutral element as a key', () => {
    const neutral = Buffer.alloc(32);
    neutral[0] = 1;
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), neutral]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verifyBytes({ algorithm: 'ed25519', key }, SIGNED, signature)).toBe(false);
  });

  test('is the vector of RFC 8032 section 7.1, test 2', () => {
    const x = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex');
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') },
      format: 'jwk',
    });
    const printed = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    expect(verifyBytes({ algorithm: 'ed25519', key }, Buffer.from([0x72]), printed)).toBe(true);
  });
});

describe('rsa-pss-sha512', () => {
  const pss = (digest: string, saltLength: number) =>
    sign(digest, SIGNED, { key: RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

  test.each([
    ['without salt', pss('sha512', 0)],
    ['with a salt of 32 bytes', pss('sha512', 32)],
    ['with the longest salt', pss('sha512', constants.RSA_PSS_SALTLEN_MAX_SIGN)],
    ['of SHA-256', pss('sha256', 64)],
    ['of SHA-1', pss('sha1', 64)],
    ['with the padding of PKCS #1 v1.5', sign('sha512', SIGNED, RSA.privateKey)],
  ])('is no proof %s', (_, bytes) => {
    expect(verifies('rsa-pss-sha512', bytes)).toBe(false);
  });
});

describe('rsa-v1_5-sha256', () => {
  const PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const WITHOUT_NULL = Buffer.from('302f300b0609608648016503040201', 'hex');
  const hash = createHash('sha256').update(SIGNED).digest();
  const info = Buffer.concat([PREFIX, hash]);

  /** The raw private key operation on a block laid out by hand: `00 type padding 00 rest`. */
  function forged(rest: Buffer, { type = 1, fill = 0xff, shorter = 0 } = {}): Buffer {
    const padding = Buffer.alloc(256 - 3 - rest.length - shorter, fill);
    const block = Buffer.concat([
      Buffer.from([0, type]),
      padding,
      Buffer.from([0]),
      rest,
      Buffer.alloc(shorter),
    ]);
    return privateEncrypt({ key: RSA.privateKey, padding: constants.RSA_NO_PADDING }, block);
  }

  test('is proof when the block is right', () => {
    expect(verifies('rsa-v1_5-sha256', forged(info))).toBe(true);
  });

  test.each([
    ['with the other padding', right('rsa-pss-sha512')],
    ['of SHA-1', sign('sha1', SIGNED, RSA.privateKey)],
    ['of SHA-512', sign('sha512', SIGNED, RSA.privateKey)],
    ['with bytes behind the hash', forged(info, { shorter: 40 })],
    ['with block type 2', forged(info, { type: 2 })],
    ['with padding of zeros', forged(info, { fill: 0 })],
    ['without the name of the hash', forged(hash)],
    ['without the NULL', forged(Buffer.concat([WITHOUT_NULL, Buffer.from([4, 32]), hash]))],
    ['with a byte inside the name of the hash', forged(Buffer.concat([PREFIX, Buffer.from([0]), hash]))],
  ])('is no proof %s', (_, bytes) => {
    expect(verifies('rsa-v1_5-sha256', bytes)).toBe(false);
  });
});

function fixed(value: bigint, size: number): Buffer {
  const hex = value.toString(16).padStart(size * 2, '0');
  // What is longer than the field cannot be written in it at all.
  return Buffer.from(hex.slice(-size * 2), 'hex');
}
