import type { PublicKeyAlgorithm } from './algorithm.ts';
import { type BadKey, bad } from './bad-key.ts';
import { type BoundPublicKey, bindPublicKey } from './bind-public-key.ts';
import { readJwk } from './read-jwk.ts';
import { readPem } from './read-pem.ts';

/** A public key bound to its algorithm, with the dates of its certificate if it came in one. */
export interface ReadPublicKey extends BoundPublicKey {
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly serial?: string;
}

/** Reads PEM (public key or certificate) or the JSON of one JWK, and binds it to an algorithm. Never throws. */
export function readPublicKey(text: string, algorithm: PublicKeyAlgorithm): ReadPublicKey | BadKey {
  const trimmed = text.trim();
  if (trimmed === '') return bad('PM6101', 'PEM or a JWK', 'nothing');
  return trimmed.startsWith('{') ? readJwkText(trimmed, algorithm) : readPemKey(trimmed, algorithm);
}

/** The same for PEM alone. */
export function readPemKey(pem: string, algorithm: PublicKeyAlgorithm): ReadPublicKey | BadKey {
  const read = readPem(pem);
  if (read.kind === 'bad') return read;
  const { key, kind: _kind, ...certificate } = read;
  const bound = bindPublicKey(key, algorithm);
  return bound.kind === 'bad' ? bound : { ...bound, ...certificate };
}

/** The same for a parsed JWK. */
export function readJwkKey(jwk: unknown, algorithm: PublicKeyAlgorithm): ReadPublicKey | BadKey {
  const read = readJwk(jwk);
  if (read.kind === 'bad') return read;
  if (read.algorithms.includes(algorithm)) return bindPublicKey(read.key, algorithm);
  const types = read.algorithms.join(' or ');
  // A curve of the right family deserves the finding about curves.
  return algorithm.startsWith('ecdsa') && types.startsWith('ecdsa')
    ? bindPublicKey(read.key, algorithm)
    : bad('PM6103', `a JWK of ${algorithm}`, `one of ${types}`);
}

function readJwkText(text: string, algorithm: PublicKeyAlgorithm): ReadPublicKey | BadKey {
  try {
    return readJwkKey(JSON.parse(text), algorithm);
  } catch {
    // The message of the parser repeats the text.
    return bad('PM6101', 'the JSON of a JWK', 'text that is not JSON');
  }
}
