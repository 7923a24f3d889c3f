import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { currencyCodes, currencyExponent } from './currency.ts';
import { formatDecimal, MAX_MINOR, parseDecimal, parseMoney } from './money.ts';

const money = fc.record({
  minor: fc.integer({ min: 1, max: MAX_MINOR }),
  currency: fc.constantFrom(...currencyCodes()),
});

describe('currencyExponent', () => {
  test.each([
    ['JPY', 0],
    ['CNY', 2],
    ['KWD', 3],
    ['CLF', 4],
    ['cny', undefined],
    ['XXX', undefined],
    ['', undefined],
  ])('of %s is %s', (code, exponent) => {
    expect(currencyExponent(code)).toBe(exponent);
  });
});

describe('parseMoney', () => {
  test('takes every amount of every currency as it is', () => {
    fc.assert(
      fc.property(money, (value) => {
        expect(parseMoney(value)).toEqual({ ok: true, value });
      }),
    );
  });

  test.each([
    ['nothing', undefined, 'amount must be an object'],
    ['a number', 12, 'amount must be an object'],
    ['a list', [1, 'CNY'], 'amount must be an object'],
    ['a fraction', { minor: 0.1, currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['zero', { minor: 0, currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['a negative amount', { minor: -1, currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['too much', { minor: MAX_MINOR + 1, currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['text', { minor: '12', currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['not a number', { minor: Number.NaN, currency: 'CNY' }, 'amount.minor must be a whole number'],
    ['no currency', { minor: 1 }, 'amount.currency must be an ISO 4217 code'],
    ['lower case', { minor: 1, currency: 'cny' }, 'amount.currency must be an ISO 4217 code'],
    ['a further field', { minor: 1, currency: 'CNY', scale: 2 }, 'unknown field "scale"'],
  ])('refuses %s', (_name, value, reason) => {
    expect(parseMoney(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('never throws, and what it takes is a whole positive amount', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseMoney(value);
        if (parsed.ok) expect(Number.isInteger(parsed.value.minor) && parsed.value.minor > 0).toBe(true);
      }),
    );
  });
});

describe('decimal strings', () => {
  test.each([
    [1, 'CNY', '0.01'],
    [1234, 'CNY', '12.34'],
    [5, 'JPY', '5'],
    [5, 'KWD', '0.005'],
  ])('%i of %s is %s', (minor, currency, text) => {
    expect(formatDecimal({ minor, currency })).toBe(text);
  });

  test('come back to the same money, for every amount and currency', () => {
    fc.assert(
      fc.property(money, (value) => {
        expect(parseDecimal(formatDecimal(value), value.currency)).toEqual({ ok: true, value });
      }),
    );
  });

  test.each([
    ['1.234', 'CNY'],
    ['1.0', 'JPY'],
    ['01', 'CNY'],
    ['1e3', 'CNY'],
    ['-1', 'CNY'],
    ['.5', 'CNY'],
    ['0', 'CNY'],
    ['', 'CNY'],
    ['99999999999999999999', 'CNY'],
    ['1', 'XXX'],
  ])('refuses "%s" of %s', (text, currency) => {
    expect(parseDecimal(text, currency)).toMatchObject({ ok: false });
  });
});
