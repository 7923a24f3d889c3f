import { randomBytes } from 'node:crypto';

import { signRequest } from '@paymesh/ext-authz';

import type { RawRequest } from '../../harness/index.ts';
import { SECRETS } from './keys.ts';

/** What is signed; all of it can be left out. */
export interface HmacSpec {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string | Uint8Array;
  readonly amount?: string;
  readonly keyId?: string;
  readonly secret?: Uint8Array;
  /** Unix seconds. Default now. */
  readonly timestamp?: number | string;
  readonly nonce?: string;
}

/** A nonce that nobody else has. */
export function freshNonce(): string {
  return randomBytes(16).toString('hex');
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** A payment, rightly signed by `k-1` for route `/hmac`, unless the spec says otherwise. */
export function hmacSigned(spec: HmacSpec = {}): RawRequest {
  const { method = 'POST', target = '/hmac?b=2&a=1', body = '{"amount":100}', keyId = 'k-1' } = spec;
  const headers = signRequest({
    method,
    target,
    body,
    keyId,
    secret: spec.secret ?? SECRETS['k-1'],
    timestamp: spec.timestamp ?? nowSeconds(),
    nonce: spec.nonce ?? freshNonce(),
    extraHeaders: [['x-amount', spec.amount ?? '100']],
  });
  const lines = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method, target, headers: lines, ...(body.length > 0 && { body: Buffer.from(body) }) };
}
