import { describe, expect, test } from '@jest/globals';

import { type Order, orderIdOf, parseOrder } from './order.ts';
import { createOrderStore } from './order-store.ts';

const AMOUNT = { minor: 1, currency: 'CNY' };

describe('parseOrder', () => {
  test('reads an order and fills in the channel', () => {
    expect(parseOrder({ merchantId: 'm-1', amount: AMOUNT })).toEqual({
      ok: true,
      value: { merchantId: 'm-1', amount: AMOUNT, channel: 'wechat' },
    });
  });

  test.each([
    [undefined],
    [{}],
    [{ amount: 1 }],
    [{ amount: AMOUNT, channel: 'cash' }],
    [{ amount: AMOUNT, merchantId: 1 }],
  ])('refuses %j', (body) => {
    expect(parseOrder(body)).toMatchObject({ ok: false });
  });
});

describe('orderIdOf', () => {
  test('is the same for the same key, and another one for another key or merchant', () => {
    expect(orderIdOf('m', 'k')).toBe(orderIdOf('m', 'k'));
    expect(new Set([orderIdOf('m', 'k'), orderIdOf('m', 'k2'), orderIdOf('m2', 'k')]).size).toBe(3);
    expect(orderIdOf('m', 'k')).toMatch(/^ord_[0-9a-f]{32}$/);
  });
});

describe('createOrderStore', () => {
  test('forgets the oldest order when it is full', () => {
    const store = createOrderStore(2);
    const order = (id: string): Order => ({
      id,
      merchantId: 'm',
      amount: AMOUNT,
      channel: 'wechat',
      state: 'paid',
      paymentId: null,
      provider: null,
    });
    for (const id of ['a', 'b', 'b', 'c']) store.put(order(id), 'f');
    expect(['a', 'b', 'c'].map((id) => store.find(id)?.order.id)).toEqual([undefined, 'b', 'c']);
  });
});
