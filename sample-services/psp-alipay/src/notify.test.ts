import { generateKeyPairSync, verify } from 'node:crypto';

import { expect, test } from '@jest/globals';
import { loadPrivateKey } from '@paymesh/ext-authz/client';
import type { Charge } from '@paymesh/sample-kit';

import { notifyAsAlipay } from './notify.ts';

const CHARGE: Charge = {
  outTradeNo: 'pay_1',
  tradeId: '2026010122001000000000000001',
  amount: { minor: 1_234, currency: 'CNY' },
  chargedAt: 0,
  refundedMinor: 0,
};
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const url = 'http://127.0.0.1/v1/notifications/alipay';
const key = loadPrivateKey({ id: '2021000000002026', algorithm: 'rsa-v1_5-sha256', pem });
const notify = notifyAsAlipay({ url, key });

test('a notification is a form with the fields of open API 2.0, signed over all but sign and sign_type', () => {
  const { body } = notify.signer.sign({ url, body: notify.bodyOf(CHARGE, 0) });
  const form = new URLSearchParams(Buffer.from(body).toString());
  expect(Object.fromEntries(form)).toMatchObject({
    notify_id: expect.stringMatching(/^[0-9a-f]{34}$/),
    notify_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    app_id: '2021000000002026',
    out_trade_no: 'pay_1',
    trade_no: CHARGE.tradeId,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '12.34',
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
  });
  const signed = [...form]
    .filter(([name]) => name !== 'sign' && name !== 'sign_type')
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
  const signature = Buffer.from(form.get('sign') ?? '', 'base64');
  expect(verify('sha256', Buffer.from(signed), publicKey, signature)).toBe(true);
});

test('the same notification keeps its notify_id', () => {
  const idOf = () => (notify.bodyOf(CHARGE, 0) as URLSearchParams).get('notify_id');
  expect(idOf()).toBe(idOf());
});

test.each([
  [200, 'success', true],
  [200, 'fail', false],
  [204, '', false],
])('an answer of %i %s means taken: %s', (status, text, isTaken) => {
  expect(notify.isTaken(status, text)).toBe(isTaken);
});
