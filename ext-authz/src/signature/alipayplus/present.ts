import { type FoundHeader, findHeader } from '../../message/index.ts';
import { verifyBytes } from '../crypto/index.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import type { AlipayplusProfile } from '../profile.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { canonicalText } from './canonical.ts';
import { parseSignature } from './parse.ts';
import { parseTime } from './parse-time.ts';

const COVERED = [
  '"@method"',
  '"@request-target"',
  '"@path"',
  '"@query"',
  '"client-id"',
  '"request-time"',
  '"content-digest"',
];
/** No dot: it ends where the first one stands in the signed text. */
const CLIENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Alipay+ and Antom, RSA256 only: requests of a merchant, and notifications of the provider, alike. Key ids are
 * `CLIENT/KEYVERSION`, then `CLIENT`, which stands for its latest key. There is no nonce: the text is used up.
 */
export const alipayplusScheme: Scheme<AlipayplusProfile> = {
  algorithms: () => ['rsa-v1_5-sha256'],
  present: (signed) => {
    const found = {
      clientId: findHeader(signed.message, 'client-id'),
      time: findHeader(signed.message, 'request-time'),
      signature: findHeader(signed.message, 'signature'),
    };
    const all: readonly FoundHeader[] = [found.clientId, found.time, found.signature];
    if (all.some(({ kind }) => kind === 'repeated')) return refused('repeated_header');
    if (all.some(({ kind }) => kind === 'absent')) return { kind: 'absent' };
    if (all.some(({ kind }) => kind === 'unclean')) return refused('unclean_header');
    const values = { clientId: textOf(found.clientId), time: textOf(found.time) };
    return presentHeaders(values, textOf(found.signature), signed);
  },
};

function presentHeaders(
  { clientId, time }: { readonly clientId: string; readonly time: string },
  header: string,
  { message, body }: SignedMessage,
): Presentation {
  if (!CLIENT_ID.test(clientId)) return refused('malformed_key_id');
  const createdMs = parseTime(time);
  if (createdMs === undefined) return refused('malformed_timestamp');
  const parsed = parseSignature(header);
  if (parsed.kind === 'refused') return refused(parsed.reason);
  if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
  const { method, target } = message;
  const { keyVersion, signature } = parsed.signature;
  const base = () => canonicalText({ method, target, clientId, time, body });
  const ids = keyVersion === undefined ? [clientId] : [`${clientId}/${keyVersion}`, clientId];
  return {
    kind: 'presented',
    presented: {
      signer: { kind: 'named', ids },
      createdMs,
      covered: COVERED,
      base,
      prove: (key) => verifyBytes(key, base(), signature),
    },
  };
}

function textOf(header: FoundHeader): string {
  return header.kind === 'found' ? header.value : '';
}
