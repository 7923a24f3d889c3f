import { credentialHeader } from '../credential-header.ts';
import { verifyBytes } from '../crypto/index.ts';
import { parseBase64Mac } from '../mac-text.ts';
import type { AdyenProfile } from '../profile.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { itemText } from './canonical.ts';
import { parsePayment } from './parse.ts';

/**
 * Webhooks of Adyen. `platform` covers the body. `payment` covers eight fields inside of it and no component that a
 * policy could name: its `covered` is empty, and only those fields may be believed. Neither has a time or a nonce:
 * the signed text is used up.
 */
export const adyenScheme: Scheme<AdyenProfile> = {
  algorithms: () => ['hmac-sha256'],
  present: (signed, { message }) =>
    message === 'payment' ? presentPayment(signed) : presentPlatform(signed),
};

function presentPayment({ body }: SignedMessage): Presentation {
  const parsed = parsePayment(body);
  if (parsed.kind !== 'signed') return parsed;
  const { mac } = parsed;
  return presented(Buffer.from(itemText(parsed.fields), 'utf8'), mac, []);
}

function presentPlatform({ message, body }: SignedMessage): Presentation {
  const signature = credentialHeader(message, 'hmacsignature');
  if (signature.kind !== 'text') return signature;
  const protocol = credentialHeader(message, 'protocol');
  if (protocol.kind === 'refused') return protocol;
  if (protocol.kind === 'text' && protocol.text !== PROTOCOL) return refused('unsupported_algorithm');
  const mac = parseBase64Mac(signature.text);
  if (mac === undefined) return refused('malformed_signature');
  return presented(body, mac, ['"content-digest"']);
}

/** The one value of the Protocol header, which names the algorithm; the key's is what is used. */
export const PROTOCOL = 'HmacSHA256';

function presented(base: Uint8Array, mac: Uint8Array, covered: readonly string[]): Presentation {
  return {
    kind: 'presented',
    presented: {
      signer: { kind: 'unnamed' },
      covered,
      base: () => base,
      prove: (key) => verifyBytes(key, base, mac),
    },
  };
}
