import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createSigner, loadPrivateKey, type RequestSigner } from '@paymesh/ext-authz/client';

import type { WireRequest } from './merchant.ts';

/** A payment as a notification tells of it. */
export interface ToldPayment {
  readonly id: string;
  /** In fen. */
  readonly minor: number;
}

/** A payment provider outside the mesh, which tells payments what happened; as a scenario it can also lie. */
export interface TellingProvider {
  readonly name: 'wechat' | 'alipay';
  /** The SigningPolicy of its notifications. */
  readonly policy: string;
  /** A notification, not yet sent. `pem`: signed with this key instead of the provider's own. */
  tell(payment: ToldPayment, pem?: string): WireRequest;
  /** The same signature over another amount. */
  alter(told: WireRequest, payment: ToldPayment): WireRequest;
}

export interface ProviderOptions {
  readonly edge: string;
  /** Folder of the policies; keys lie in `keys/` below it. */
  readonly policies: string;
}

/** Ids of the keys, as policies/security/providers.yaml has them. */
const KEY_ID = { wechat: 'PUB_KEY_ID_0116000000012026', alipay: '2021000000002026' } as const;

/** WeChat Pay: a callback of APIv3. */
export function createWechat({ edge, policies }: ProviderOptions): TellingProvider {
  const own = readFileSync(join(policies, 'keys/wechat-pay.private.pem'), 'utf8');
  const apiV3Key = readFileSync(join(policies, 'keys/wechat-apiv3.key'));
  return {
    name: 'wechat',
    policy: 'pay/wechat-notification',
    tell: (payment, pem = own) => {
      const key = loadPrivateKey({ id: KEY_ID.wechat, algorithm: 'rsa-v1_5-sha256', pem });
      const signer = createSigner({ scheme: 'wechatpay', message: 'callback', key });
      return signed(signer, `${edge}/v1/notifications/wechat`, wechatBody(payment, apiV3Key));
    },
    alter: (told, payment) => ({ ...told, body: JSON.stringify(wechatBody(payment, apiV3Key)) }),
  };
}

/** Alipay: a form of open API 2.0. */
export function createAlipay({ edge, policies }: ProviderOptions): TellingProvider {
  const own = readFileSync(join(policies, 'keys/alipay.private.pem'), 'utf8');
  return {
    name: 'alipay',
    policy: 'pay/alipay-notification',
    tell: (payment, pem = own) => {
      const key = loadPrivateKey({ id: KEY_ID.alipay, algorithm: 'rsa-v1_5-sha256', pem });
      const signer = createSigner({ scheme: 'alipay', message: 'notification', key });
      return signed(signer, `${edge}/v1/notifications/alipay`, alipayBody(payment));
    },
    alter: (told, payment) => {
      const form = new URLSearchParams(told.body);
      form.set('total_amount', yuan(payment));
      return { ...told, body: form.toString() };
    },
  };
}

function signed(signer: RequestSigner, url: string, content: object): WireRequest {
  const { headers, body } = signer.sign({ url, body: content });
  return {
    method: 'POST',
    path: new URL(url).pathname,
    headers: Object.fromEntries(headers),
    body: Buffer.from(body).toString('utf8'),
  };
}

function wechatBody({ id, minor }: ToldPayment, apiV3Key: Buffer): object {
  const transaction = { out_trade_no: id, trade_state: 'SUCCESS', amount: { total: minor, currency: 'CNY' } };
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce);
  const parts = [cipher.update(JSON.stringify(transaction)), cipher.final(), cipher.getAuthTag()];
  const ciphertext = Buffer.concat(parts).toString('base64');
  return {
    id: randomUUID(),
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data: '' },
  };
}

function alipayBody(payment: ToldPayment): URLSearchParams {
  return new URLSearchParams({
    notify_id: randomUUID(),
    out_trade_no: payment.id,
    trade_status: 'TRADE_SUCCESS',
    total_amount: yuan(payment),
    version: '1.0',
  });
}

function yuan({ minor }: ToldPayment): string {
  return (minor / 100).toFixed(2);
}
