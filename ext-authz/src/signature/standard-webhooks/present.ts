import type { Message } from '../../message/index.ts';
import { credentialHeader } from '../credential-header.ts';
import { type BoundKey, verifyAny } from '../crypto/index.ts';
import { once } from '../once.ts';
import type { StandardWebhooksProfile } from '../profile.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { parseUnixSeconds } from '../unix-seconds.ts';
import { isWebhookId, signedBytes, type WebhookStamp } from './canonical.ts';
import { parseSignatures, type WebhookSignatures } from './parse.ts';
import { webhookKey } from './webhook-key.ts';

/** Spellings of the headers: the standard's, and that of its first implementation. */
const PREFIXES = ['webhook-', 'svix-'] as const;

/** Standard Webhooks: `id.timestamp.body` under HMAC-SHA256 (`v1`) or Ed25519 (`v1a`). */
export const standardWebhooksScheme: Scheme<StandardWebhooksProfile> = {
  algorithms: () => ['hmac-sha256', 'ed25519'],
  present: (signed) => {
    const { message } = signed;
    const [prefix, ...others] = PREFIXES.filter((each) => hasSpelling(message, each));
    if (prefix === undefined) return { kind: 'absent' };
    // The service behind may read the id that was not checked.
    if (others.length > 0) return refused('ambiguous_signature');
    return presentWebhook(signed, prefix);
  },
};

function hasSpelling(message: Message, prefix: string): boolean {
  const names = ['id', 'timestamp', 'signature'].map((part) => prefix + part);
  return names.some((name) => message.headers.find(name) >= 0);
}

function presentWebhook({ message, body }: SignedMessage, prefix: string): Presentation {
  const id = credentialHeader(message, `${prefix}id`);
  const timestamp = credentialHeader(message, `${prefix}timestamp`);
  const signature = credentialHeader(message, `${prefix}signature`);
  if (id.kind !== 'text') return id;
  if (timestamp.kind !== 'text') return timestamp;
  if (signature.kind !== 'text') return signature;
  const stamp = { id: id.text, timestamp: timestamp.text };
  const parsed = parseSignatures(signature.text);
  if (parsed.kind === 'refused') return parsed;
  return build({ stamp, signatures: parsed.signatures, body, prefix });
}

interface Parts {
  readonly stamp: WebhookStamp;
  readonly signatures: WebhookSignatures;
  readonly body: Uint8Array;
  readonly prefix: string;
}

function build({ stamp, signatures, body, prefix }: Parts): Presentation {
  if (!isWebhookId(stamp.id)) return refused('malformed_parameter');
  const createdMs = parseUnixSeconds(stamp.timestamp);
  if (createdMs === undefined) return refused('malformed_timestamp');
  const base = once(() => signedBytes(stamp, body));
  return {
    kind: 'presented',
    presented: {
      signer: { kind: 'unnamed' },
      createdMs,
      covered: [`"${prefix}id"`, `"${prefix}timestamp"`, '"content-digest"'],
      base,
      prove: (key) => isSigned(key, base(), signatures),
    },
  };
}

/** A key is only ever used on signatures of its own kind. */
function isSigned(bound: BoundKey, signed: Uint8Array, { macs, ed25519 }: WebhookSignatures): boolean {
  if (bound.algorithm === 'ed25519') return verifyAny(bound, signed, ed25519);
  if (bound.algorithm !== 'hmac-sha256') return false;
  const key = webhookKey(bound);
  return key !== undefined && verifyAny(key, signed, macs);
}
