import { randomBytes } from 'node:crypto';

import type { WechatPay } from './keys/index.ts';
import { platformCertificates, signWechatpay } from './signature/index.ts';

const NONCE_BYTES = 16;

/** What the fetching of platform certificates needs of the scheme `wechatpay`. */
export const wechatPay: WechatPay = {
  platformCertificates,
  authorization: ({ target, merchant, nowMs }) => {
    const { headers } = signWechatpay(
      // Of the request only method, target and body are signed.
      { method: 'GET', scheme: 'https', authority: '', target, headers: [], body: new Uint8Array() },
      { scheme: 'wechatpay', message: 'request' },
      {
        key: {
          id: merchant.serial,
          account: merchant.mchid,
          algorithm: 'rsa-v1_5-sha256',
          key: merchant.privateKey,
        },
        nowMs,
        nonce: randomBytes(NONCE_BYTES).toString('hex'),
      },
    );
    return headers.find(([name]) => name === 'Authorization')?.[1] ?? '';
  },
};
