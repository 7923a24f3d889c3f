import { credentialHeader } from '../credential-header.ts';
import { verifyAny } from '../crypto/index.ts';
import { once } from '../once.ts';
import type { StripeProfile } from '../profile.ts';
import type { Scheme } from '../scheme.ts';
import { signedBytes } from './canonical.ts';
import { parseStripeSignature } from './parse.ts';

/** Webhooks as Stripe signs them: HMAC-SHA256 of time and body, keyed with the whole text of the secret, `whsec_` included. */
export const stripeScheme: Scheme<StripeProfile> = {
  algorithms: () => ['hmac-sha256'],
  present: ({ message, body }) => {
    const header = credentialHeader(message, 'stripe-signature');
    if (header.kind !== 'text') return header;
    const parsed = parseStripeSignature(header.text);
    if (parsed.kind === 'refused') return parsed;
    const { timestamp, timestampMs, macs } = parsed.signature;
    const base = once(() => signedBytes(timestamp, body));
    return {
      kind: 'presented',
      presented: {
        signer: { kind: 'unnamed' },
        createdMs: timestampMs,
        covered: ['"content-digest"'],
        base,
        prove: (key) => verifyAny(key, base(), macs),
      },
    };
  },
};
