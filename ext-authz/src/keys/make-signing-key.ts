import { createSecretKey } from 'node:crypto';

import type { SecretEncoding } from '@paymesh/common/policy';

import { type BadKey, bad } from './bad-key.ts';
import type { SigningKey } from './key-ring.ts';
import { scopeOfSecret } from './nonce-scope.ts';
import { MAX_SECRET_BYTES, MIN_SECRET_BYTES, parseSecret } from './parse-secret.ts';
import type { ReadPublicKey } from './read-public-key.ts';
import { overlap, type Validity } from './validity.ts';

/** What is said of a key beside its material. */
export interface KeyTerms extends Partial<Validity> {
  readonly id: string;
  readonly owner: string;
  readonly isRevoked: boolean;
}

export type MadeKey = { readonly kind: 'key'; readonly key: SigningKey } | BadKey;

export interface SecretText {
  readonly text: string;
  /** Default base64. */
  readonly encoding?: SecretEncoding | undefined;
  /** Takes a secret of equal bytes, which nobody would keep money behind. Default false. */
  readonly mayBeDummy?: boolean;
}

/** A key of hmac-sha256 from the text of its secret. */
export function secretSigningKey(
  terms: KeyTerms,
  { text, encoding = 'base64', mayBeDummy = false }: SecretText,
): MadeKey {
  const parsed = parseSecret(text, encoding);
  if (parsed.kind === 'dummy' && !mayBeDummy) return bad('PM6108', 'a secret of random bytes', parsed.got);
  if (parsed.kind === 'malformed') {
    const expected = `${encoding === 'text' ? 'plain' : encoding} text of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`;
    return bad('PM6001', expected, parsed.got);
  }
  const { secret } = parsed;
  return {
    kind: 'key',
    key: {
      id: terms.id,
      owner: terms.owner,
      algorithm: 'hmac-sha256',
      key: createSecretKey(secret.reveal()),
      nonceScope: scopeOfSecret(secret),
      notBeforeMs: terms.notBeforeMs,
      notAfterMs: terms.notAfterMs,
      isRevoked: terms.isRevoked,
    },
  };
}

/** A key that verifies with a public key; the dates of a certificate bound its own. */
export function publicSigningKey(terms: KeyTerms, read: ReadPublicKey | BadKey): MadeKey {
  if (read.kind === 'bad') return read;
  const validity = overlap(terms, read);
  if (validity === undefined) {
    return bad('PM6109', 'dates that overlap with those of the certificate', 'no time in both');
  }
  const { algorithm, key, nonceScope } = read;
  const { id, owner, isRevoked } = terms;
  return { kind: 'key', key: { id, owner, algorithm, key, nonceScope, ...validity, isRevoked } };
}
