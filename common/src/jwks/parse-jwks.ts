import { createPublicKey } from 'node:crypto';

/** A public key as RFC 7517 writes it, for one algorithm. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
}

/** A set in which every key says its algorithm: a key for two of them stands twice. */
export interface Jwks {
  readonly keys: readonly PublicJwk[];
}

export type ParsedJwks =
  | { readonly kind: 'keys'; readonly jwks: Jwks }
  /** A sentence of what is wrong; never a key. */
  | { readonly kind: 'malformed'; readonly got: string };

/** Largest document. */
export const MAX_JWKS_BYTES = 65_536;
const MAX_KEYS = 64;
const MIN_RSA_BITS = 2_048;
const MIN_RSA_EXPONENT = 65_537;
const BITS_PER_BYTE = 8;

type Json = Readonly<Record<string, unknown>>;
type Outcome = { readonly keys: readonly PublicJwk[] } | { readonly got: string };

/** What each algorithm needs of a key; RS256 and PS256 take the same ones. */
const SHAPES: Readonly<Record<string, { readonly kty: string; readonly crv?: string }>> = {
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

/**
 * Reads the keys of a JWKS that verify these algorithms. Keys for other uses are passed over; one that is secret,
 * weak, nameless or named like another makes the whole set malformed, for none of them is there by intention.
 */
export function parseJwks(text: string, algorithms: readonly string[]): ParsedJwks {
  if (Buffer.byteLength(text) > MAX_JWKS_BYTES) return malformed(`more than ${MAX_JWKS_BYTES} bytes`);
  const items = readItems(text);
  if (items === undefined) return malformed('no JSON object with a list of keys');
  if (items.length > MAX_KEYS) return malformed(`${items.length} keys`);
  const keys: PublicJwk[] = [];
  const ids = new Set<string>();
  for (const item of items) {
    const read = readKey(item, algorithms);
    if ('got' in read) return malformed(read.got);
    const [first] = read.keys;
    if (first === undefined) continue;
    if (ids.has(first.kid)) return malformed('two keys of one kid');
    ids.add(first.kid);
    keys.push(...read.keys);
  }
  if (keys.length === 0) return malformed(`no key for ${algorithms.join(', ')}`);
  return { kind: 'keys', jwks: { keys } };
}

function malformed(got: string): ParsedJwks {
  return { kind: 'malformed', got };
}

function readItems(text: string): readonly Json[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed) || !Array.isArray(parsed['keys'])) return undefined;
    const items: readonly unknown[] = parsed['keys'];
    return items.every(isObject) ? items : undefined;
  } catch {
    // The sentence of the parser would repeat the text.
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readKey(item: Json, algorithms: readonly string[]): Outcome {
  // A secret that is in a file of public keys is known to whoever reads it.
  if (item['kty'] === 'oct' || 'd' in item || 'k' in item) return { got: 'a key that is secret' };
  if ('use' in item && item['use'] !== 'sig') return { keys: [] };
  const fitting = algorithms.filter((algorithm) => fits(item, algorithm));
  if (fitting.length === 0) return { keys: [] };
  const kid = textOf(item, 'kid');
  if (kid === undefined || !/^[\x21-\x7e]{1,256}$/.test(kid)) return { got: 'a key without a kid' };
  if (!isReadable(item)) return { got: 'a key that cannot be read' };
  if (item['kty'] === 'RSA' && !isStrongRsa(item)) return { got: `an RSA key below ${MIN_RSA_BITS} bits` };
  return { keys: fitting.map((alg) => publicPart(item, kid, alg)) };
}

/** A point beside its curve would make Envoy refuse the whole listener. */
function isReadable(item: Json): boolean {
  try {
    createPublicKey({ key: item, format: 'jwk' });
    return true;
  } catch {
    // What is wrong with it is said in words of ours, without the key.
    return false;
  }
}

function fits(item: Json, algorithm: string): boolean {
  const shape = SHAPES[algorithm];
  if (shape === undefined || item['kty'] !== shape.kty) return false;
  if ('alg' in item && item['alg'] !== algorithm) return false;
  return shape.crv === undefined || item['crv'] === shape.crv;
}

function isStrongRsa(item: Json): boolean {
  const modulus = bytesOf(item, 'n');
  const exponent = bytesOf(item, 'e');
  const bits = modulus.length * BITS_PER_BYTE - Math.clz32(modulus[0] ?? 0) + 24;
  return (
    bits >= MIN_RSA_BITS &&
    exponent.length <= 4 &&
    Number(`0x${exponent.toString('hex') || '0'}`) >= MIN_RSA_EXPONENT
  );
}

/** Without zeros in front. */
function bytesOf(item: Json, member: string): Buffer {
  const bytes = Buffer.from(textOf(item, member) ?? '', 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
}

function publicPart(item: Json, kid: string, alg: string): PublicJwk {
  const members = ['n', 'e', 'crv', 'x', 'y'] as const;
  const present = members.flatMap((member) => {
    const text = textOf(item, member);
    return text === undefined ? [] : [[member, text] as const];
  });
  return { kty: String(item['kty']), kid, alg, use: 'sig', ...Object.fromEntries(present) };
}

function textOf(item: Json, member: string): string | undefined {
  const value = Object.hasOwn(item, member) ? item[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}
