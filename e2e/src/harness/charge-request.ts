import { randomUUID } from 'node:crypto';

import type { WireRequest } from './merchant.ts';

/** A charge as payments asks a provider for it, through its sidecar; each a new one, which payments does not know. */
export function chargeRequest(): WireRequest {
  return {
    method: 'POST',
    path: '/v1/charges',
    headers: { host: 'psp-wechat.psp.mesh', 'content-type': 'application/json' },
    body: JSON.stringify({ outTradeNo: randomUUID(), amount: { minor: 100, currency: 'CNY' } }),
  };
}
