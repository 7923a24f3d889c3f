import { describe, expect, test } from '@jest/globals';

import { assess, parseAssessment, type RiskRules } from './assess.ts';
import { readRules } from './rules.ts';
import { createVelocity } from './velocity.ts';

const RULES: RiskRules = {
  denyAboveMinor: 1000,
  reviewAboveMinor: 500,
  reviewAbovePerMinute: 3,
  blocked: new Set(['payer-bad', 'merchant-bad']),
};

const ASKED = { merchantId: 'm-1', payerId: 'p-1', amount: { minor: 100, currency: 'CNY' } };

describe('assess', () => {
  test.each([
    ['an ordinary payment', {}, 1, 'allow', []],
    ['the highest amount', { amount: { minor: 500, currency: 'CNY' } }, 1, 'allow', []],
    ['a high amount', { amount: { minor: 501, currency: 'CNY' } }, 1, 'review', ['amount_high']],
    ['too high an amount', { amount: { minor: 1001, currency: 'CNY' } }, 1, 'deny', ['amount_too_high']],
    ['a blocked payer', { payerId: 'payer-bad' }, 1, 'deny', ['payer_blocked']],
    ['a blocked merchant', { merchantId: 'merchant-bad' }, 1, 'deny', ['merchant_blocked']],
    ['many payments', {}, 4, 'review', ['velocity']],
    ['everything', { payerId: 'payer-bad' }, 4, 'deny', ['payer_blocked', 'velocity']],
  ])('%s', (_name, change, perMinute, decision, reasons) => {
    expect(assess({ ...ASKED, ...change }, perMinute, RULES)).toEqual({ decision, reasons });
  });
});

describe('parseAssessment', () => {
  test('reads what payments sends', () => {
    expect(parseAssessment(ASKED)).toEqual({ ok: true, value: ASKED });
  });

  test.each([
    [null],
    [{}],
    [{ ...ASKED, payerId: '' }],
    [{ ...ASKED, amount: 1 }],
    [{ ...ASKED, merchantId: 1 }],
  ])('refuses %j', (body) => {
    expect(parseAssessment(body)).toMatchObject({ ok: false });
  });
});

describe('createVelocity', () => {
  test('counts within a minute of the clock and begins anew with the next', () => {
    const velocity = createVelocity();
    expect([velocity.hit('a', 0), velocity.hit('a', 59_999), velocity.hit('b', 59_999)]).toEqual([1, 2, 1]);
    expect(velocity.hit('a', 60_000)).toBe(1);
  });

  test('forgets the key longest unseen when it is full', () => {
    const velocity = createVelocity(2);
    for (const key of ['a', 'b', 'a', 'c']) velocity.hit(key, 0);
    expect(velocity.hit('a', 0)).toBe(3);
    expect(velocity.hit('b', 0)).toBe(1);
  });
});

describe('readRules', () => {
  test('reads the environment', () => {
    const variables = {
      RISK_DENY_ABOVE: '9',
      RISK_REVIEW_ABOVE: '8',
      RISK_PER_MINUTE: '7',
      RISK_BLOCKED: 'a,,b',
    };
    expect(readRules(variables)).toEqual({
      denyAboveMinor: 9,
      reviewAboveMinor: 8,
      reviewAbovePerMinute: 7,
      blocked: new Set(['a', 'b']),
    });
  });

  test('refuses what is no number', () => {
    expect(() => readRules({ RISK_DENY_ABOVE: 'much' })).toThrow('RISK_DENY_ABOVE must be a whole number');
  });
});
