import { createSecretKey } from 'node:crypto';

import * as fc from 'fast-check';

import { rfc9421Profile } from '../../testing/rfc9421.ts';
import { COVER, signingKeyOf } from '../../testing/rfc9421-check.ts';
import type { ProfileOf } from '../profile.ts';
import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { type Rfc9421SignOptions, rfc9421Scheme, signRfc9421 } from './index.ts';

const signingKey = signingKeyOf('hmac-sha256');

describeScheme<ProfileOf<'rfc9421'> & Rfc9421SignOptions>({
  name: 'rfc9421',
  scheme: rfc9421Scheme,
  sign: signRfc9421,
  profile: {
    ...rfc9421Profile({ params: ['created', 'keyid', 'nonce'], isDigestRequired: true }),
    components: [...COVER, 'x-amount'],
  },
  signingKey,
  key: signingKey,
  otherKey: { ...signingKey, key: createSecretKey(Buffer.alloc(32)) },
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })).map((request) => ({
    ...request,
    headers: [...request.headers, ['X-Amount', '100'] as const],
  })),
  covered: ['method', 'target', 'body', 'x-amount', 'content-digest', 'signature', 'signature-input'],
  headers: ['x-amount', 'content-digest', 'signature', 'signature-input'],
});
