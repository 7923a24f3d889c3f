import type { Secret } from '@paymesh/common/secret';
import { createSigner } from '@paymesh/ext-authz/client';
import type { NotifyOptions, NotifyTarget } from '@paymesh/sample-kit';

import { wechatNotification } from './notification.ts';

/** Notifies as WeChat Pay does: signed in headers with the platform's key, and told again until 200 or 204. */
export function notifyAsWechat({ url, key }: NotifyTarget, apiV3Key: Secret): NotifyOptions {
  return {
    url,
    signer: createSigner({ scheme: 'wechatpay', message: 'callback', key }),
    bodyOf: (charge, nowMs) => wechatNotification(charge, nowMs, apiV3Key),
    isTaken: (status) => status === 200 || status === 204,
  };
}
