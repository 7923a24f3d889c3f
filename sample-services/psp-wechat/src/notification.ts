import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';
import type { EncryptedResource } from '@paymesh/ext-authz/client';
import type { Charge } from '@paymesh/sample-kit';

/** A payment notification of APIv3, before it is signed. */
export interface WechatNotification {
  readonly id: string;
  /** RFC 3339 in China's time. */
  readonly create_time: string;
  readonly event_type: 'TRANSACTION.SUCCESS';
  readonly resource_type: 'encrypt-resource';
  readonly summary: string;
  readonly resource: EncryptedResource & { readonly original_type: 'transaction' };
}

const ASSOCIATED = 'transaction';
/** 12 characters: a nonce travels as text. */
const NONCE_BYTES = 6;

/** What WeChat Pay posts of a charge: its details are encrypted with the account's APIv3 key of 32 bytes. */
export function wechatNotification(charge: Charge, nowMs: number, apiV3Key: Secret): WechatNotification {
  const plaintext = JSON.stringify(transactionOf(charge));
  return {
    id: randomUUID(),
    create_time: chinaTime(nowMs),
    event_type: 'TRANSACTION.SUCCESS',
    resource_type: 'encrypt-resource',
    summary: '支付成功',
    resource: { original_type: 'transaction', ...encrypt(plaintext, apiV3Key) },
  };
}

function transactionOf({ outTradeNo, tradeId, amount, chargedAt }: Charge): object {
  return {
    out_trade_no: outTradeNo,
    transaction_id: tradeId,
    trade_type: 'NATIVE',
    trade_state: 'SUCCESS',
    success_time: chinaTime(chargedAt),
    amount: { total: amount.minor, payer_total: amount.minor, currency: amount.currency },
  };
}

/** AEAD_AES_256_GCM as APIv3 has it: the tag stands behind the ciphertext. */
function encrypt(plaintext: string, apiV3Key: Secret): EncryptedResource {
  const nonce = randomBytes(NONCE_BYTES).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', apiV3Key.reveal(), Buffer.from(nonce));
  cipher.setAAD(Buffer.from(ASSOCIATED));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    nonce,
    associated_data: ASSOCIATED,
  };
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

function chinaTime(ms: number): string {
  return `${new Date(ms + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}
