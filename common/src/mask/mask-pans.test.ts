import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { maskPans } from './mask-pans.ts';

const DIGITS = fc.stringMatching(/^\d{15}$/);
/** Beginnings and lengths of the cards that there are. */
const CARD = fc
  .constantFrom(
    ['4', 16],
    ['4', 13],
    ['4', 19],
    ['51', 16],
    ['2221', 16],
    ['2200', 16],
    ['34', 15],
    ['36', 14],
    ['3528', 16],
    ['6011', 16],
    ['62', 16],
    ['62', 19],
    ['81', 16],
    ['9704', 19],
    ['1000', 15],
  )
  .chain(([prefix, length]) =>
    fc
      .tuple(DIGITS, DIGITS)
      .map(([one, two]) => withCheckDigit(`${prefix}${one}${two}`.slice(0, length - 1))),
  );
const SEPARATOR = fc.constantFrom('', '', ' ', '-', '.', '+', '%20', '%2D', '%2520', ' - ', '\u00a0');
const AROUND = fc.constantFrom('', '/', '/cards/', ' ', 'pan=', '"', 'card', '/v1/x?n=', ':', '你好');

function withCheckDigit(digits: string): string {
  for (let check = 0; check < 10; check += 1) if (luhn(`${digits}${check}`)) return `${digits}${check}`;
  throw new Error('one of ten is right');
}

/** Written another way than the one under test. */
function luhn(number: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const digits = number.split('').reverse().map(Number);
  return (
    digits.reduce((sum, digit, index) => sum + (index % 2 ? (doubled[digit] ?? 0) : digit), 0) % 10 === 0
  );
}

describe('maskPans', () => {
  test.each([
    ['4111111111111111', '411111******1111'],
    ['/cards/4111111111111111/charge', '/cards/411111******1111/charge'],
    ['/cards/4111-1111-1111-1111', '/cards/411111******1111'],
    ['/cards/4111%201111%201111%201111', '/cards/411111******1111'],
    ['/cards/4111%25201111%25201111%25201111', '/cards/411111******1111'],
    ['%34%31%31%31111111111111', '411111******1111'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '411111******1111'],
    ['card4111111111111111x', 'card411111******1111x'],
    ['4111 1111 1111 1111 2.51', '411111******1111 2.51'],
    ['7 4111111111111111', '7 411111******1111'],
    ['0004111111111111111', '000411*********1111'],
    ['378282246310005', '378282*****0005'],
    ['6212345678901232 5555555555554444', '621234******1232 555555******4444'],
  ])('%s is %s', (text, masked) => {
    expect(maskPans(text)).toBe(masked);
  });

  test.each([
    '4111111111111112',
    '12345678.90',
    '123456789012',
    '9c5b94b1-35ad-49bb-b118-8e8fc24abf80',
    '41111111-1111-4111-8111-111111111111',
    '1767225600000',
    '20261126123456000017',
    '2088102146225135',
    '+86 138 0013 8000',
    '192.168.100.100:18010',
    '2026-11-26T12:34:56.789Z',
    '41111111111111111111111111111',
  ])('leaves %s alone', (text) => {
    expect(maskPans(text)).toBe(text);
  });

  test('no card number survives, however it is written and whatever is around it', () => {
    const written = fc.tuple(
      CARD,
      fc.array(SEPARATOR, { minLength: 18, maxLength: 18 }),
      fc.array(fc.boolean(), { minLength: 19, maxLength: 19 }),
    );
    fc.assert(
      fc.property(written, AROUND, AROUND, ([card, separators, encoded], before, after) => {
        const text = card
          .split('')
          .map((digit, index) => (encoded[index] ? `%3${digit}` : digit) + (separators[index] ?? ''))
          .join('')
          .replace(/(?:%20|[-. +\u00a0]|%2D|%2520)+$/, '');
        const masked = maskPans(before + text + after);
        const stars = '*'.repeat(card.length - 10);
        expect(masked).toBe(`${before}${card.slice(0, 6)}${stars}${card.slice(-4)}${after}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a UUID and an amount survive', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(), fc.nat({ max: 99 }), (id, units, cents) => {
        const text = `/v1/payments/${id}/captures/pay_${id}?amount=${units}.${cents}`;
        expect(maskPans(text)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a long text of near misses takes no longer than it should', () => {
    const startedMs = performance.now();
    for (const part of ['4111 ', '%2525252525', '%25', '1', '%34', '1 - ']) maskPans(part.repeat(20_000));
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
