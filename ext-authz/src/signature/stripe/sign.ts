import { signBytes } from '../crypto/index.ts';
import type { StripeProfile } from '../profile.ts';
import type { Signer } from '../signer.ts';
import { unixSecondsText } from '../unix-seconds.ts';
import { signedBytes } from './canonical.ts';

/** Adds Stripe-Signature with one `v1`. The key is the whole text of the secret, as bytes. */
export const signStripe: Signer<StripeProfile> = ({ body }, _profile, { key, nowMs }) => {
  const timestamp = unixSecondsText(nowMs);
  const base = signedBytes(timestamp, body);
  const mac = signBytes(key, base).toString('hex');
  return { headers: [['Stripe-Signature', `t=${timestamp},v1=${mac}`]], base };
};
