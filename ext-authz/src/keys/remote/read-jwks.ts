import type { JwksSpec } from '@paymesh/common/policy';

import type { PublicKeyAlgorithm } from '../algorithm.ts';
import { type BadKey, bad, sentenceOf } from '../bad-key.ts';
import { bindPublicKey } from '../bind-public-key.ts';
import type { SigningKey } from '../key-ring.ts';
import { isObject, readJwk } from '../read-jwk.ts';
import type { LoadedKeys } from './key-source.ts';

/** Most keys of a set; a larger one is none that people keep. */
const MAX_KEYS = 100;
/** Visible ASCII: it stands in logs and headers. */
const KID = /^[\x21-\x7e]{1,128}$/;

type Terms = Pick<JwksSpec, 'owner' | 'algorithms'>;

/** Reads a JWK Set (RFC 7517 section 5). What cannot be used of it is left out; what is no set at all is a failure. */
export function readJwks(text: string, terms: Terms): LoadedKeys {
  const entries = entriesOf(text);
  if (typeof entries === 'string') return { kind: 'failed', why: entries };
  const keys: SigningKey[] = [];
  const leftOut: string[] = [];
  const doubled = doubledKids(entries);
  const idOfScope = new Map<string, string>();
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry, terms, doubled);
    const twin = read.kind === 'key' ? idOfScope.get(read.key.nonceScope) : undefined;
    if (read.kind === 'bad') leftOut.push(`keys[${index}]: ${sentenceOf(read)}`);
    else if (twin !== undefined) leftOut.push(`keys[${index}]: it is the same key as "${twin}"`);
    else {
      idOfScope.set(read.key.nonceScope, read.key.id);
      keys.push(read.key);
    }
  }
  return { kind: 'keys', keys, leftOut };
}

function entriesOf(text: string): readonly unknown[] | string {
  const set = parseJson(text);
  if (!isObject(set) || !Array.isArray(set['keys'])) return 'its answer is no JWK Set';
  const entries: readonly unknown[] = set['keys'];
  return entries.length > MAX_KEYS ? `its answer has more than ${MAX_KEYS} keys` : entries;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a JWK Set; the caller says so.
    return undefined;
  }
}

/** Ids of more than one key: which of them is meant cannot be told, so none is. */
function doubledKids(entries: readonly unknown[]): ReadonlySet<unknown> {
  const kids = entries.map((entry) => (isObject(entry) ? entry['kid'] : undefined));
  return new Set(kids.filter((kid, index) => kids.indexOf(kid) !== index));
}

function readEntry(
  entry: unknown,
  { owner, algorithms }: Terms,
  doubled: ReadonlySet<unknown>,
): { readonly kind: 'key'; readonly key: SigningKey } | BadKey {
  const id = isObject(entry) ? entry['kid'] : undefined;
  if (typeof id !== 'string' || !KID.test(id)) {
    return bad('PM6121', 'a kid of 1 to 128 visible ASCII characters', 'none or another');
  }
  if (doubled.has(id)) return bad('PM6121', 'a kid of its own for every key', 'one that stands twice');
  const read = readJwk(entry);
  if (read.kind === 'bad') return read;
  const algorithm = onlyOne(read.algorithms, algorithms);
  if (typeof algorithm !== 'string') return algorithm;
  const bound = bindPublicKey(read.key, algorithm);
  if (bound.kind === 'bad') return bound;
  const { key, nonceScope } = bound;
  const dates = { notBeforeMs: undefined, notAfterMs: undefined };
  return { kind: 'key', key: { id, owner, algorithm, key, nonceScope, ...dates, isRevoked: false } };
}

function onlyOne(
  fitting: readonly PublicKeyAlgorithm[],
  allowed: readonly PublicKeyAlgorithm[],
): PublicKeyAlgorithm | BadKey {
  const [first, second] = fitting.filter((algorithm) => allowed.includes(algorithm));
  if (first === undefined) {
    return bad('PM6121', `a key of ${allowed.join(', ')}`, `one of ${fitting.join(' or ')}`);
  }
  if (second === undefined) return first;
  return bad('PM6121', `alg, or only one of ${first} and ${second} in algorithms`, 'a key that fits both');
}
