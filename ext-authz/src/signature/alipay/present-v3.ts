import type { DenialReason } from '../../decision/index.ts';
import { findHeader, type Message } from '../../message/index.ts';
import { credentialHeader } from '../credential-header.ts';
import { verifyBytes } from '../crypto/index.ts';
import { isMultipart, mediaTypeOf } from '../media-type.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import { type ClaimedSigner, type Presentation, refused, type SignedMessage } from '../scheme.ts';
import { isAmbiguousBody, TOKEN, v3Text } from './canonical.ts';
import { parseAuthorization, type V3Credential } from './parse-authorization.ts';

const COVERS = ['"@method"', '"@request-target"', '"@path"', '"@query"', '"content-digest"'];
const TOKEN_HEADER = 'alipay-app-auth-token';

/** Open API 3.0. Uploads (multipart) are refused: their signature is over the `data` part and not over the file. */
export function presentV3(signed: SignedMessage): Presentation {
  const { message } = signed;
  const header = credentialHeader(message, 'authorization');
  if (header.kind !== 'text') return header;
  const parsed = parseAuthorization(header.text);
  if (parsed.kind === 'absent') return parsed;
  if (parsed.kind === 'refused') return refused(parsed.reason);
  if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
  const type = mediaTypeOf(message);
  if (type.kind === 'refused') return refused(type.reason);
  if (isMultipart(type)) return refused('insufficient_coverage');
  const token = readToken(message);
  if (token.kind === 'refused') return refused(token.reason);
  if (token.value === undefined && isAmbiguousBody(signed.body)) return refused('ambiguous_signature');
  return presentCredential(parsed.credential, signed, token.value);
}

function presentCredential(
  { appId, certSn, nonce, timestampMs, auth, signature }: V3Credential,
  { message, body }: SignedMessage,
  token: string | undefined,
): Presentation {
  const { method, target } = message;
  const base = () => v3Text({ auth, method, target, body, token });
  const signer: ClaimedSigner =
    certSn === undefined
      ? { kind: 'named', ids: [appId] }
      : { kind: 'named', ids: [certSn, appId], account: appId };
  return {
    kind: 'presented',
    presented: {
      signer,
      createdMs: timestampMs,
      nonce,
      covered: token === undefined ? COVERS : [...COVERS, `"${TOKEN_HEADER}"`],
      base,
      prove: (key) => verifyBytes(key, base(), signature),
    },
  };
}

type ReadToken =
  | { readonly kind: 'token'; readonly value: string | undefined }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

function readToken(message: Message): ReadToken {
  const found = findHeader(message, TOKEN_HEADER);
  switch (found.kind) {
    case 'absent':
      return { kind: 'token', value: undefined };
    case 'repeated':
      return { kind: 'refused', reason: 'repeated_header' };
    case 'unclean':
      return { kind: 'refused', reason: 'unclean_header' };
    case 'found':
      if (!TOKEN.test(found.value)) return { kind: 'refused', reason: 'malformed_parameter' };
      return { kind: 'token', value: found.value };
  }
}
