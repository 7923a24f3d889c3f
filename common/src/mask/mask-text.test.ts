import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { maskPath, maskText } from './mask-text.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('maskText', () => {
  test.each([
    [`Authorization: Bearer ${JWT}`, 'Authorization: Bearer [masked]'],
    [`/cb/${JWT}/x`, '/cb/[masked]/x'],
    [`jwt-${JWT}`, 'jwt-[masked]'],
    ['bearer%20abcdef123456', 'bearer%20[masked]'],
    ['Basic dXNlcjpwYXNz', 'Basic [masked]'],
    ['/x;token=abc123;v=1', '/x;token=[masked];v=1'],
    ['{"api_key":"abc","n":1}', '{"api_key":"[masked]","n":1}'],
    ['access_token=abc&a=1', 'access_token=[masked]&a=1'],
    ['cvv=123&a=1', 'cvv=[masked]&a=1'],
    ['key sk_live_51H8abcdefgh', 'key [masked]'],
    ['pan 4111111111111111', 'pan 411111******1111'],
  ])('%s is %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test.each(['/v1/tokens/42', 'the bearer of this', '/basic/plan', '/v1/secret-santa'])(
    'leaves %s alone',
    (text) => {
      expect(maskText(text)).toBe(text);
    },
  );
});

test('a long text of near misses takes no longer than it should', () => {
  const startedMs = performance.now();
  for (const part of ['eyJ', 'eyJa.', 'token_', 'token', 'bearer ', 'a1', '4111 ', '%2b', 'sk_live_'])
    maskPath(part.repeat(20_000));
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

describe('maskPath', () => {
  test.each([
    '/v1/payments/pay_9c5b94b1-35ad-49bb-b118-8e8fc24abf80/refunds',
    '/paymesh.v1.PaymentService/CreatePaymentWithIdempotencyKey',
    '/reports/settlement-2026-11-26-merchant-a-north-west-region',
    '/v1/orders/01JDK3V5Q8ZT6W2N4R7Y9B1C3D',
    '/v1/transactions/20261126123456000017',
    '/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15',
  ])('leaves %s alone', (path) => {
    expect(maskPath(path)).toBe(path);
  });

  test('no long run of hex or base64 survives', () => {
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((list) => Buffer.from(list));
    const form = fc.constantFrom<BufferEncoding>('hex', 'base64url');
    fc.assert(
      fc.property(bytes, form, (secret, encoding) => {
        const text = secret.toString(encoding);
        fc.pre(text.split(/[_-]/).some((piece) => piece.length >= 12 && /\d/.test(piece)));
        expect(maskPath(`/reset/${text}/now`)).toBe('/reset/[masked]/now');
      }),
      { numRuns: 1_000 },
    );
  });

  test('any text is masked once: a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        const masked = maskPath(url);
        expect(maskPath(masked)).toBe(masked);
      }),
    );
  });
});
