import { generateKeyPairSync, verify } from 'node:crypto';

import { expect, test } from '@jest/globals';
import { Secret } from '@paymesh/common/secret';
import { decryptResource, loadPrivateKey } from '@paymesh/ext-authz/client';
import type { Charge } from '@paymesh/sample-kit';

import type { WechatNotification } from './notification.ts';
import { notifyAsWechat } from './notify.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 23, 59, 59);
const KEY = new Secret(Buffer.from('0123456789abcdef0123456789abcdef'));
const CHARGE: Charge = {
  outTradeNo: 'pay_1',
  tradeId: '4200202601010000000000000001',
  amount: { minor: 1_234, currency: 'CNY' },
  chargedAt: NOW_MS,
  refundedMinor: 0,
};
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const url = 'http://127.0.0.1/v1/notifications/wechat';
const notify = notifyAsWechat(
  { url, key: loadPrivateKey({ id: 'PUB_KEY_ID_1', algorithm: 'rsa-v1_5-sha256', pem }) },
  KEY,
);

test('a notification is shaped as in APIv3, and only the APIv3 key opens it', () => {
  const body = notify.bodyOf(CHARGE, NOW_MS) as WechatNotification;
  expect(body).toMatchObject({
    create_time: '2026-01-02T07:59:59+08:00',
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', associated_data: 'transaction' },
  });
  const opened = decryptResource(KEY, body.resource);
  expect(opened.kind === 'plaintext' && JSON.parse(opened.bytes.toString())).toMatchObject({
    out_trade_no: 'pay_1',
    transaction_id: CHARGE.tradeId,
    trade_state: 'SUCCESS',
    amount: { total: 1_234, currency: 'CNY' },
  });
  expect(decryptResource(new Secret(Buffer.alloc(32, 'x')), body.resource)).toEqual({ kind: 'forged' });
});

test('it is signed with the key of the platform over time, nonce and body', () => {
  const { headers, body } = notify.signer.sign({ url, body: notify.bodyOf(CHARGE, NOW_MS) });
  const headerOf = (name: string): string => new Map(headers).get(name) ?? '';
  const signed = `${headerOf('Wechatpay-Timestamp')}\n${headerOf('Wechatpay-Nonce')}\n${Buffer.from(body).toString()}\n`;
  const signature = Buffer.from(headerOf('Wechatpay-Signature'), 'base64');
  expect(verify('sha256', Buffer.from(signed), publicKey, signature)).toBe(true);
});

test.each([
  [200, true],
  [204, true],
  [201, false],
  [404, false],
  [503, false],
])('an answer of %i means taken: %s', (status, isTaken) => {
  expect(notify.isTaken(status, '')).toBe(isTaken);
});
