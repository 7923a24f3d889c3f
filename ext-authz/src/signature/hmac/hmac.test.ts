import { createHash, createHmac, createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { Secret } from '@paymesh/common/secret';

import { verifyBytes } from '../crypto/index.ts';
import { canonicalText, type SignedParts } from './canonical.ts';
import { parseCredential } from './parse.ts';
import { signRequest } from './sign.ts';

const PARTS = {
  method: 'POST',
  target: '/v1/payments?currency=CNY',
  timestamp: '1767225600',
  nonce: 'abcdefghijklmnop',
  body: Buffer.from('{"amount":100}'),
  headers: [],
} as const;
const KEY = Buffer.from('0123456789abcdef0123456789abcdef');

function verifies(parts: SignedParts, mac: Buffer, secret: Buffer): boolean {
  const key = { algorithm: 'hmac-sha256', key: createSecretKey(secret) } as const;
  return verifyBytes(key, Buffer.from(canonicalText(parts)), mac);
}

describe('canonicalText', () => {
  test('is the lines of the contract, LF between, none at the end', () => {
    const digest = createHash('sha256').update('{"amount":100}').digest('hex');
    expect(canonicalText(PARTS)).toBe(
      `PAYMESH-HMAC-SHA256\nPOST\n/v1/payments?currency=CNY\n1767225600\nabcdefghijklmnop\n${digest}`,
    );
  });

  test('has the digest of zero bytes when there is no body', () => {
    expect(canonicalText({ ...PARTS, body: new Uint8Array() })).toMatch(
      /\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/,
    );
  });

  test('ends with the further headers in their order', () => {
    const text = canonicalText({
      ...PARTS,
      headers: [
        ['x-b', '2'],
        ['x-a', ' 1:1 '],
      ],
    });
    expect(text.split('\n').slice(-2)).toEqual(['x-b:2', 'x-a: 1:1 ']);
  });
});

describe('signRequest', () => {
  test('gives a MAC that an independent computation gives too', () => {
    const { method, target, timestamp, nonce, body } = PARTS;
    const headers = signRequest({
      method,
      target,
      timestamp,
      nonce,
      body,
      keyId: 'k',
      secret: new Secret(KEY),
    });
    const text = [
      'PAYMESH-HMAC-SHA256',
      'POST',
      '/v1/payments?currency=CNY',
      '1767225600',
      'abcdefghijklmnop',
      createHash('sha256').update(body).digest('hex'),
    ].join('\n');
    expect(headers).toEqual({
      'X-Key-Id': 'k',
      'X-Timestamp': '1767225600',
      'X-Nonce': 'abcdefghijklmnop',
      'X-Signature': createHmac('sha256', KEY).update(text).digest('base64'),
    });
  });

  test('takes text, no body, other names and further headers', () => {
    const { method, target, nonce } = PARTS;
    const headers = signRequest({
      method,
      target,
      nonce,
      timestamp: 1_767_225_600,
      keyId: 'k',
      secret: KEY,
      extraHeaders: [['X-Amount', '100']],
      headerNames: { signature: 'X-Sig' },
    });
    expect(Object.keys(headers)).toEqual(['X-Key-Id', 'X-Timestamp', 'X-Nonce', 'X-Sig', 'X-Amount']);
    const parts = { ...PARTS, body: new Uint8Array(), headers: [['x-amount', '100']] } as const;
    const mac = Buffer.from(headers['X-Sig'] ?? '', 'base64');
    expect(verifies(parts, mac, KEY)).toBe(true);
  });
});

describe('a MAC', () => {
  const mac = createHmac('sha256', KEY).update(canonicalText(PARTS)).digest();

  test('is true for the right key and MAC only', () => {
    expect(verifies(PARTS, mac, KEY)).toBe(true);
    expect(verifies(PARTS, mac, Buffer.alloc(32))).toBe(false);
    expect(verifies({ ...PARTS, method: 'PUT' }, mac, KEY)).toBe(false);
  });

  test.each([0, 31, 33, 64])('is false for a MAC of %i bytes', (length) => {
    const other = Buffer.concat([mac, mac]).subarray(0, length);
    expect(verifies(PARTS, other, KEY)).toBe(false);
  });
});

describe('parseCredential', () => {
  const TEXT = {
    keyId: 'merchant-a',
    timestamp: '1767225600',
    nonce: 'abcdefghijklmnop',
    signature: `${'A'.repeat(43)}=`,
  };

  test('reads a credential', () => {
    expect(parseCredential(TEXT)).toMatchObject({
      kind: 'credential',
      credential: { timestampMs: 1_767_225_600_000, mac: Buffer.alloc(32) },
    });
  });

  test.each([
    ['key_id', { keyId: '' }],
    ['key_id', { keyId: 'k'.repeat(129) }],
    ['key_id', { keyId: 'ключ' }],
    ['timestamp', { timestamp: '1234567890123' }],
    ['timestamp', { timestamp: '+1767225600' }],
    ['timestamp', { timestamp: '1_767_225' }],
    ['timestamp', { timestamp: 'NaN' }],
    ['nonce', { nonce: 'abcdefghijklmno' }],
    ['nonce', { nonce: 'abcdefghijklmno.' }],
    ['signature', { signature: `${'A'.repeat(42)}B=` }],
    ['signature', { signature: 'A'.repeat(44) }],
    ['signature', { signature: `${'A'.repeat(42)}==` }],
  ])('refuses a malformed %s: %j', (part, change) => {
    expect(parseCredential({ ...TEXT, ...change })).toEqual({ kind: 'malformed', part });
  });
});
