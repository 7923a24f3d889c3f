import { createHash } from 'node:crypto';

import { createSigner } from '@paymesh/ext-authz/client';
import { type Charge, formatDecimal, type NotifyOptions, type NotifyTarget } from '@paymesh/sample-kit';

/** Notifies as Alipay's open API 2.0 does: a signed form, told again until the answer is the word `success`. */
export function notifyAsAlipay({ url, key }: NotifyTarget): NotifyOptions {
  return {
    url,
    signer: createSigner({ scheme: 'alipay', message: 'notification', key }),
    bodyOf: alipayNotification,
    isTaken: (_status, text) => text === 'success',
  };
}

/** The fields that the signer does not add: it gives app_id, notify_time, charset, sign_type and sign. */
function alipayNotification({ outTradeNo, tradeId, amount }: Charge): URLSearchParams {
  return new URLSearchParams({
    notify_id: createHash('sha256').update(tradeId).digest('hex').slice(0, 34),
    notify_type: 'trade_status_sync',
    out_trade_no: outTradeNo,
    trade_no: tradeId,
    trade_status: 'TRADE_SUCCESS',
    total_amount: formatDecimal(amount),
    version: '1.0',
  });
}
