import { type PrivateSigningKey, signAny, signRequest } from '@paymesh/ext-authz';
import { loadPrivateKey } from '@paymesh/ext-authz/client';

import { type KeyPair, keyPairs } from './key-pairs.ts';

/** What a request maker signs. */
export interface Signable {
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
  /** Never used before. */
  readonly nonce: string;
  /** Unix seconds. */
  readonly nowS: number;
}

/** One way of signing and remembering that is measured. */
export interface AuthzCase {
  readonly name: string;
  readonly nonceStore: 'embedded' | 'redis';
  /** Checks allowed per echo of grpc-js that the project set itself, if it did. */
  readonly goal?: number;
  /** `spec.verify` of its SigningPolicy, in YAML flow style. */
  readonly verify: string;
  /** `spec.keys` of its KeySet, in YAML flow style; files are those of `files`. */
  readonly keys: string;
  /** Key files by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The headers that the signature adds, in lower case. */
  readonly sign: (request: Signable) => readonly (readonly [name: string, value: string])[];
}

const AUTHORITY = 'edge.pay.example';
const MS_PER_SECOND = 1_000;
const HMAC_SECRET = Buffer.alloc(32, 'a secret of the benchmark only ');
const HMAC_KEY_ID = 'merchant-a-2026';

const hmac: Omit<AuthzCase, 'name' | 'nonceStore'> = {
  verify:
    '{scheme: hmac-sha256, keys: {from: keyset/merchants, id: header(X-Key-Id)}, cover: [method, path, query, "header(X-Timestamp)", "header(X-Nonce)", bodyDigest]}',
  keys: `[{id: ${HMAC_KEY_ID}, owner: merchant-a, algorithm: hmac-sha256, secret: {file: hmac.key}}]`,
  files: { 'hmac.key': HMAC_SECRET.toString('base64') },
  sign: ({ nowS, ...request }) => {
    const headers = signRequest({ ...request, keyId: HMAC_KEY_ID, secret: HMAC_SECRET, timestamp: nowS });
    return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  },
};

const COMPONENTS = ['@method', '@authority', '@path', '@query', 'content-digest'];

/** RFC 9421 over what `coverage: payment-write` wants, with the algorithm of the key. */
function rfc9421(key: PrivateSigningKey, material: string, file: string): Omit<AuthzCase, 'name'> {
  return {
    nonceStore: 'embedded',
    verify: '{scheme: rfc9421, keys: {from: keyset/merchants}, coverage: payment-write}',
    keys: `[{id: ${key.id}, owner: merchant-a, algorithm: ${key.algorithm}, ${material}: {file: key}}]`,
    files: { key: file },
    sign: ({ method, target, body, nonce, nowS }) => {
      const request = { method, scheme: 'https', authority: AUTHORITY, target, headers: [], body };
      const profile = { scheme: 'rfc9421', components: COMPONENTS } as const;
      const { headers } = signAny(request, profile, { key, nowMs: nowS * MS_PER_SECOND, nonce });
      return headers.map(([name, value]) => [name.toLowerCase(), value] as const);
    },
  };
}

function rfc9421ByPair(algorithm: 'ed25519' | 'rsa-pss-sha512', { privatePem: pem, publicPem }: KeyPair) {
  return rfc9421(loadPrivateKey({ id: HMAC_KEY_ID, algorithm, pem }), 'publicKey', publicPem);
}

const hmacKey = loadPrivateKey({ id: HMAC_KEY_ID, algorithm: 'hmac-sha256', secret: HMAC_SECRET });

/** All that is measured; the first is the one whose latency and memory are measured too. */
export const CASES: readonly [AuthzCase, ...AuthzCase[]] = [
  { name: 'hmac, embedded nonces', nonceStore: 'embedded', goal: 1.4, ...hmac },
  { name: 'hmac, redis nonces', nonceStore: 'redis', goal: 0.8, ...hmac },
  { name: 'rfc9421 hmac', ...rfc9421(hmacKey, 'secret', HMAC_SECRET.toString('base64')) },
  { name: 'rfc9421 ed25519', ...rfc9421ByPair('ed25519', keyPairs().ed25519) },
  {
    name: 'rfc9421 rsa-pss',
    ...rfc9421ByPair('rsa-pss-sha512', keyPairs().rsa),
  },
];

/** The case of a name. */
export function caseNamed(name: string): AuthzCase {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case "${name}"`);
  return found;
}
