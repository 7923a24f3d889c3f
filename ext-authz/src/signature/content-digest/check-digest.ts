import type { DenialReason } from '../../decision/index.ts';
import { findListLines } from '../../message/index.ts';
import type { SignedMessage } from '../scheme.ts';
import { type Dictionary, parseDictionary } from '../structured-field/index.ts';
import { digestAlgorithms, digestOf } from './algorithms.ts';

/** Longest Content-Digest read, all lines together, in bytes. */
const MAX_FIELD_BYTES = 8_192;

/**
 * Why the Content-Digest of a message (RFC 9530 section 2) does not hold for its body; undefined when it does, or when
 * there is none and none is required. Every active algorithm in it must be right, and one must be there. Other
 * fields (Digest of RFC 3230, Repr-Digest) are no substitute.
 */
export function checkDigest(signed: SignedMessage, isRequired: boolean): DenialReason | undefined {
  const lines = findListLines(signed.message, 'content-digest');
  if (lines.kind === 'absent') return isRequired ? 'missing_digest' : undefined;
  if (lines.kind === 'unclean' || !isShort(lines.values)) return 'malformed_digest';
  const parsed = parseDictionary(lines.values);
  if (parsed.kind === 'malformed') return 'malformed_digest';
  return compare(parsed.value, signed.body);
}

function isShort(lines: readonly string[]): boolean {
  return lines.reduce((bytes, line) => bytes + line.length, 0) <= MAX_FIELD_BYTES;
}

function compare(digests: Dictionary, body: Uint8Array): DenialReason | undefined {
  for (const member of digests.values()) {
    if (member.kind !== 'item' || member.value.kind !== 'bytes') return 'malformed_digest';
  }
  const active = digestAlgorithms.filter((algorithm) => digests.has(algorithm));
  if (active.length === 0) return 'unsupported_digest';
  const isRight = active.every((algorithm) => digestIn(digests, algorithm) === digestOf(algorithm, body));
  return isRight ? undefined : 'digest_mismatch';
}

/** Base64 has one spelling here, so texts can be compared. */
function digestIn(digests: Dictionary, key: string): string | undefined {
  const member = digests.get(key);
  return member?.kind === 'item' && member.value.kind === 'bytes' ? member.value.base64 : undefined;
}
