import { signBytes } from '../crypto/index.ts';
import type { StandardWebhooksProfile } from '../profile.ts';
import type { HeaderPair, Signer } from '../signer.ts';
import { unixSecondsText } from '../unix-seconds.ts';
import { isWebhookId, signedBytes } from './canonical.ts';
import { webhookKey } from './webhook-key.ts';

/** Adds the three webhook-* headers. A webhook-id of the request stays (senders keep it when they try again), else the nonce is one. */
export const signStandardWebhook: Signer<StandardWebhooksProfile> = (request, _profile, context) => {
  const id = ownId(request.headers) ?? `msg_${context.nonce}`;
  if (!isWebhookId(id))
    throw new Error('a webhook-id is 1 to 128 visible ASCII characters without a full stop');
  const key = webhookKey(context.key);
  if (key === undefined) throw new Error('a secret that starts with whsec_ must go on with base64');
  const timestamp = unixSecondsText(context.nowMs);
  const base = signedBytes({ id, timestamp }, request.body);
  const version = key.algorithm === 'ed25519' ? 'v1a' : 'v1';
  return {
    headers: [
      ['webhook-id', id],
      ['webhook-timestamp', timestamp],
      ['webhook-signature', `${version},${signBytes(key, base).toString('base64')}`],
    ],
    base,
  };
};

function ownId(headers: readonly HeaderPair[]): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'webhook-id')?.[1];
}
