import { signRequest } from '@paymesh/ext-authz';

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

/** All that is measured; the first is the one whose latency and memory are measured too. */
export const CASES: readonly [AuthzCase, ...AuthzCase[]] = [
  { name: 'hmac, embedded nonces', nonceStore: 'embedded', goal: 1.4, ...hmac },
  { name: 'hmac, redis nonces', nonceStore: 'redis', goal: 0.8, ...hmac },
];

/** The case of a name. */
export function caseNamed(name: string): AuthzCase {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case "${name}"`);
  return found;
}
