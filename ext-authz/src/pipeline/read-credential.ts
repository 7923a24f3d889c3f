import { type FoundHeader, findHeader } from '../message/index.ts';
import { parseCredential } from '../signature/hmac/index.ts';
import { deny, pass, type Stage } from './stage.ts';

const REASON_OF_PART = {
  key_id: 'malformed_key_id',
  timestamp: 'malformed_timestamp',
  nonce: 'malformed_nonce',
  signature: 'malformed_signature',
} as const;

/** Finds the four headers of the signature and checks their form. */
export const readCredential: Stage = (evidence) => {
  const { message, rule } = evidence;
  const found = {
    keyId: findHeader(message, rule.headers.keyId),
    timestamp: findHeader(message, rule.headers.timestamp),
    nonce: findHeader(message, rule.headers.nonce),
    signature: findHeader(message, rule.headers.signature),
  };
  const all: readonly FoundHeader[] = Object.values(found);
  if (all.some(({ kind }) => kind === 'repeated')) return deny('repeated_header');
  if (all.some(({ kind }) => kind === 'absent')) return deny('missing_signature');
  const parsed = parseCredential({
    keyId: textOf(found.keyId),
    timestamp: textOf(found.timestamp),
    nonce: textOf(found.nonce),
    signature: textOf(found.signature),
  });
  if (parsed.kind === 'malformed') return deny(REASON_OF_PART[parsed.part]);
  return pass({ ...evidence, credential: parsed.credential });
};

/** Unclean values become empty, which no part of a credential may be. */
function textOf(header: FoundHeader): string {
  return header.kind === 'found' ? header.value : '';
}
