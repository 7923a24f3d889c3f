import type { Rfc9421Profile } from '../profile.ts';

const DEFAULT_LABEL = 'sig1';
/** Parameters that can be asked for without saying their value (RFC 9421 section 5.1). */
const BARE_PARAMS = ['created', 'expires'];

/**
 * Value of an Accept-Signature field that tells a client what to sign. `cover`: canonical component identifiers. A
 * nonce, keyid or alg is the client's to choose and is not named.
 */
export function acceptSignature({ label, tag, params }: Rfc9421Profile, cover: readonly string[]): string {
  const bare = BARE_PARAMS.filter((name) => params.includes(name)).map((name) => `;${name}`);
  const tagged = tag === undefined ? '' : `;tag="${tag.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  return `${label ?? DEFAULT_LABEL}=(${cover.join(' ')})${bare.join('')}${tagged}`;
}
