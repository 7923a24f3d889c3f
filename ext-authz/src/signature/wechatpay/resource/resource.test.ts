import { createCipheriv } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { Secret } from '@paymesh/common/secret';
import * as fc from 'fast-check';
import { TEST_CERTIFICATE as PEM } from '../../testing/test-certificate.ts';
import { decryptResource, type EncryptedResource, platformCertificates } from './index.ts';

const KEY = new Secret(Buffer.from('0123456789abcdef0123456789ABCDEF'));
function encrypt(text: string, associated = 'certificate', nonce = '61f9c719728a'): EncryptedResource {
  const cipher = createCipheriv('aes-256-gcm', KEY.reveal(), nonce);
  cipher.setAAD(Buffer.from(associated));
  const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: associated,
    ciphertext: sealed.toString('base64'),
  };
}

describe('decryptResource', () => {
  test.each([
    ['text', '{"mchid":"1"}', 'transaction'],
    ['no associated data', 'x', ''],
    ['nothing', '', 'a'],
  ])('gives back %s', (_, text, associated) => {
    expect(decryptResource(KEY, encrypt(text, associated))).toEqual({
      kind: 'plaintext',
      bytes: Buffer.from(text),
    });
  });

  test('takes missing associated data as empty', () => {
    const { associated_data: _, ...rest } = encrypt('x', '');
    expect(decryptResource(KEY, rest)).toMatchObject({ kind: 'plaintext' });
  });

  test.each<[string, string, Partial<EncryptedResource>]>([
    ['another algorithm', 'algorithm', { algorithm: 'AEAD_SM4_GCM' }],
    ['a short nonce', 'nonce', { nonce: '61f9c719728' }],
    ['a nonce of 12 characters and more bytes', 'nonce', { nonce: '61f9c719728é' }],
    ['no base64', 'ciphertext', { ciphertext: 'a b' }],
    ['less than a tag', 'ciphertext', { ciphertext: 'AAAA' }],
  ])('refuses %s', (_, part, change) => {
    expect(decryptResource(KEY, { ...encrypt('x'), ...change })).toEqual({ kind: 'malformed', part });
  });

  test.each([16, 31, 33])('refuses a key of %i bytes', (length) => {
    const key = new Secret(Buffer.alloc(length));
    expect(decryptResource(key, encrypt('x'))).toEqual({ kind: 'malformed', part: 'key' });
  });

  test('sees any change', () => {
    const resource = encrypt('{"amount":100}');
    fc.assert(
      fc.property(fc.nat(), (at) => {
        const bytes = Buffer.from(resource.ciphertext, 'base64');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ 1;
        const changed = { ...resource, ciphertext: bytes.toString('base64') };
        expect(decryptResource(KEY, changed)).toEqual({ kind: 'forged' });
      }),
    );
    expect(decryptResource(KEY, { ...resource, associated_data: 'other' })).toEqual({ kind: 'forged' });
    expect(decryptResource(new Secret(Buffer.alloc(32)), resource)).toEqual({ kind: 'forged' });
  });
});

describe('platformCertificates', () => {
  const item = {
    serial_no: 'D7CE59D1F522D701',
    effective_time: '2021-05-01T00:00:00+08:00',
    expire_time: '2030-01-01T00:00:00+08:00',
    encrypt_certificate: encrypt(PEM),
  };
  const read = (...data: readonly unknown[]) => platformCertificates(JSON.stringify({ data }), KEY);

  test('reads an answer', () => {
    expect(read(item)).toEqual({
      kind: 'certificates',
      certificates: [
        {
          serial: 'D7CE59D1F522D701',
          pem: PEM,
          effectiveMs: Date.parse('2021-04-30T16:00:00Z'),
          expireMs: Date.parse('2029-12-31T16:00:00Z'),
        },
      ],
    });
  });

  test('believes dates only as far as the certificate bears them out', () => {
    const wide = { ...item, effective_time: '2000-01-01T00:00:00Z', expire_time: '2100-01-01T00:00:00Z' };
    expect(read({ ...wide, serial_no: 'd7ce59d1f522d701' })).toMatchObject({
      certificates: [
        {
          serial: 'D7CE59D1F522D701',
          effectiveMs: Date.parse('2021-04-27T08:55:23Z'),
          expireMs: Date.parse('2031-04-25T08:55:23Z'),
        },
      ],
    });
  });

  test.each<[string, string, readonly unknown[]]>([
    ['none', 'no list', []],
    ['too many', 'too many', Array.from({ length: 33 }, () => item)],
    ['null', 'no usable algorithm', [null]],
    ['one twice', 'twice', [item, item]],
    ['another serial', 'another serial', [{ ...item, serial_no: 'D7CE59D1F522D702' }]],
    ['no serial', 'another serial', [{ ...item, serial_no: 7 }]],
    ['no date', 'no time', [{ ...item, expire_time: '2030' }]],
    ['an end before its start', 'no time', [{ ...item, expire_time: '2020-01-01T00:00:00Z' }]],
    ['no certificate', 'is no certificate', [{ ...item, encrypt_certificate: encrypt('x') }]],
    [
      'other associated data',
      'cannot be decrypted',
      [{ ...item, encrypt_certificate: { ...item.encrypt_certificate, associated_data: 'x' } }],
    ],
    ['one good and one bad', 'no usable', [item, {}]],
  ])('takes nothing of an answer with %s', (_, problem, data) => {
    expect(read(...data)).toEqual({ kind: 'malformed', problem: expect.stringContaining(problem) });
  });

  test.each(['', '{', 'null', '[]', '{"data":{}}', '{"__proto__":{"data":[]}}'])(
    'takes nothing of %j',
    (json) => {
      expect(platformCertificates(json, KEY)).toMatchObject({ kind: 'malformed' });
    },
  );
});
