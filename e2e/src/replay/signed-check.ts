import { randomBytes } from 'node:crypto';

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type CheckRequest, CheckRequestSchema } from '@paymesh/common/envoy-auth';
import { signRequest } from '@paymesh/ext-authz';

import type { RawRequest } from '../harness/index.ts';

/** What the key of all tests here is. */
export const SECRET = randomBytes(32);
export const KEY_ID = 'k-1';
const PATH = '/signed';

/** A request that no other call gives, rightly signed. */
export function signedRequest(secret: Uint8Array = SECRET): RawRequest {
  const body = JSON.stringify({ amount: 100 });
  const headers = signRequest({
    method: 'POST',
    target: PATH,
    body,
    keyId: KEY_ID,
    secret,
    timestamp: Math.floor(Date.now() / 1_000),
    nonce: randomBytes(16).toString('hex'),
  });
  const lines = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method: 'POST', target: PATH, headers: lines, body: Buffer.from(body) };
}

/** The same, signed by somebody who does not know the secret. */
export function forgedRequest(): RawRequest {
  return signedRequest(randomBytes(32));
}

let streams = 0;

/** A request as Envoy would ask about it; each call is of another stream, so it is no second try of Envoy's. */
export function checkOf({ method, target, headers, body = new Uint8Array() }: RawRequest): CheckRequest {
  streams += 1;
  const all = [...headers, ['content-length', String(body.length)] as const];
  const http: MessageInitShape<typeof CheckRequestSchema>['attributes'] = {
    contextExtensions: { policy: 'pay/signed' },
    request: {
      http: {
        id: String(streams),
        method,
        path: target,
        host: 'pay.example',
        rawBody: body,
        size: BigInt(body.length),
        headerMap: { headers: all.map(([key, value]) => ({ key, rawValue: Buffer.from(value) })) },
      },
    },
  };
  return create(CheckRequestSchema, { attributes: http });
}
