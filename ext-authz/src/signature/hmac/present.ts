import type { DenialReason } from '../../decision/index.ts';
import { type FoundHeader, findHeader, type Message } from '../../message/index.ts';
import { verifyText } from '../crypto/index.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import type { HmacProfile } from '../profile.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { canonicalText } from './canonical.ts';
import { type Credential, parseCredential } from './parse.ts';

const REASON_OF_PART = {
  key_id: 'malformed_key_id',
  timestamp: 'malformed_timestamp',
  nonce: 'malformed_nonce',
  signature: 'malformed_signature',
} as const;
/** What the text of every signature holds; further headers come on top. */
const ALWAYS_COVERED = ['"@method"', '"@request-target"', '"@path"', '"@query"', '"content-digest"'];

/** PAYMESH-HMAC-SHA256, Paymesh's own scheme: four headers, one line for each part in the text. */
export const hmacScheme: Scheme<HmacProfile> = {
  algorithms: () => ['hmac-sha256'],
  present: (signed, profile) => {
    const { headers } = profile;
    const { message } = signed;
    const found = {
      keyId: findHeader(message, headers.keyId),
      timestamp: findHeader(message, headers.timestamp),
      nonce: findHeader(message, headers.nonce),
      signature: findHeader(message, headers.signature),
    };
    const all: readonly FoundHeader[] = [found.keyId, found.timestamp, found.nonce, found.signature];
    if (all.some(({ kind }) => kind === 'repeated')) return refused('repeated_header');
    if (all.some(({ kind }) => kind === 'absent')) return { kind: 'absent' };
    const parsed = parseCredential({
      keyId: textOf(found.keyId),
      timestamp: textOf(found.timestamp),
      nonce: textOf(found.nonce),
      signature: textOf(found.signature),
    });
    if (parsed.kind === 'malformed') return refused(REASON_OF_PART[parsed.part]);
    return presentCredential(parsed.credential, signed, profile);
  },
};

function presentCredential(
  credential: Credential,
  { message, body }: SignedMessage,
  profile: HmacProfile,
): Presentation {
  if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
  const headers = readSignedHeaders(message, profile.signedHeaders);
  if (headers.kind === 'refused') return refused(headers.reason);
  const { method, target } = message;
  const { timestamp, nonce } = credential;
  const text = () => canonicalText({ method, target, timestamp, nonce, body, headers: headers.values });
  return {
    kind: 'presented',
    presented: {
      signer: { kind: 'named', ids: [credential.keyId] },
      createdMs: credential.timestampMs,
      nonce,
      covered: coveredBy(profile),
      base: () => Buffer.from(text(), 'latin1'),
      prove: (key) => verifyText(key, text(), credential.mac),
    },
  };
}

/** A policy says the same for every message. */
const coveredOfProfile = new WeakMap<HmacProfile, readonly string[]>();

/** Component identifiers that a signature of this profile covers. */
function coveredBy(profile: HmacProfile): readonly string[] {
  const known = coveredOfProfile.get(profile);
  if (known !== undefined) return known;
  const { headers, signedHeaders } = profile;
  const names = [headers.timestamp, headers.nonce, ...signedHeaders];
  const covered = [...ALWAYS_COVERED, ...names.map((name) => `"${name}"`)];
  coveredOfProfile.set(profile, covered);
  return covered;
}

/** Unclean values become empty, which no part of a credential may be. */
function textOf(header: FoundHeader): string {
  return header.kind === 'found' ? header.value : '';
}

type SignedHeaders =
  | { readonly kind: 'values'; readonly values: readonly (readonly [string, string])[] }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

function readSignedHeaders(message: Message, names: readonly string[]): SignedHeaders {
  const values: (readonly [string, string])[] = [];
  for (const name of names) {
    const found = findHeader(message, name);
    if (found.kind === 'absent') return { kind: 'refused', reason: 'missing_component' };
    if (found.kind === 'repeated') return { kind: 'refused', reason: 'repeated_header' };
    if (found.kind === 'unclean') return { kind: 'refused', reason: 'unclean_header' };
    values.push([name, found.value]);
  }
  return { kind: 'values', values };
}
