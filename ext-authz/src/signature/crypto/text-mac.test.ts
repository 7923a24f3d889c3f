import { createHmac, createSecretKey } from 'node:crypto';

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { textMac } from './text-mac.ts';

const secrets = fc.uint8Array({ minLength: 1, maxLength: 200 });
/** Each character one byte. */
const texts = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

test('is the MAC that node:crypto makes, for secrets of any length', () => {
  fc.assert(
    fc.property(secrets, texts, texts, (bytes, one, other) => {
      const secret = createSecretKey(bytes);
      for (const text of [one, other]) {
        const expected = createHmac('sha256', secret).update(text, 'latin1').digest();
        expect(textMac(secret, text)).toEqual(expected);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([4_095, 4_096, 4_097])('is that of a text of %d characters', (length) => {
  const secret = createSecretKey(Buffer.alloc(32, 0xa5));
  const text = '\u00e9'.repeat(length);
  expect(textMac(secret, text)).toEqual(createHmac('sha256', secret).update(text, 'latin1').digest());
  expect(textMac(secret, 'a')).toEqual(createHmac('sha256', secret).update('a').digest());
});

test.each([63, 64, 65])('is that of a secret of %d bytes', (length) => {
  const secret = createSecretKey(Buffer.alloc(length, 0xa5));
  expect(textMac(secret, 'text')).toEqual(createHmac('sha256', secret).update('text').digest());
});
