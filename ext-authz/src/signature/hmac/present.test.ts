import { createSecretKey } from 'node:crypto';

import * as fc from 'fast-check';

import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { hmacScheme, signHmac } from './index.ts';

const headers = { keyId: 'x-key-id', timestamp: 'x-timestamp', nonce: 'x-nonce', signature: 'x-signature' };
const KEY = secret('0123456789abcdef0123456789abcdef');

function secret(text: string) {
  return { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(text)) } as const;
}

describeScheme({
  name: 'hmac',
  scheme: hmacScheme,
  sign: signHmac,
  profile: { scheme: 'hmac', headers, signedHeaders: ['x-amount'] },
  signingKey: { id: 'merchant-a', ...KEY },
  key: KEY,
  otherKey: secret('fedcba9876543210fedcba9876543210'),
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })).map((request) => ({
    ...request,
    headers: [...request.headers, ['X-Amount', '100'] as const],
  })),
  covered: ['method', 'target', 'body', 'x-amount', ...Object.values(headers)],
  headers: ['x-amount', ...Object.values(headers)],
});
