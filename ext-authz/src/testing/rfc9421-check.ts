import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { type Algorithm, algorithms, type SigningKey } from '../keys/index.ts';
import { createPipeline } from '../pipeline/index.ts';
import type { Verification } from '../rules/index.ts';
import type { ProfileOf } from '../signature/index.ts';
import { type Rfc9421SignOptions, signRfc9421 } from '../signature/rfc9421/index.ts';
import { freshNonce, NOW_MS, POLICY, rule, ruleSet, SECRET } from './fixtures.ts';
import { bodyOf, type MessageSpec, messageOf, rfc9421Profile } from './rfc9421.ts';

const MS_PER_SECOND = 1_000;

interface KeyPair {
  readonly signing: KeyObject;
  readonly verifying: KeyObject;
}

/** A pair of each algorithm, made once a run. */
const PAIRS: Readonly<Record<Algorithm, KeyPair>> = {
  'hmac-sha256': { signing: createSecretKey(SECRET), verifying: createSecretKey(SECRET) },
  ed25519: pair(generateKeyPairSync('ed25519')),
  'ecdsa-p256-sha256': pair(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  'ecdsa-p384-sha384': pair(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  'rsa-pss-sha512': pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  'rsa-v1_5-sha256': pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
};

function pair({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): KeyPair {
  return { signing: privateKey, verifying: publicKey };
}

/** The key of an algorithm, whose id is the name of the algorithm, to sign with. */
export function signingKeyOf(algorithm: Algorithm) {
  return { id: algorithm, algorithm, key: PAIRS[algorithm].signing };
}

/** One key of each algorithm, by that name. */
const KEYS: ReadonlyMap<string, SigningKey> = new Map(
  algorithms.map((algorithm) => [
    algorithm,
    {
      id: algorithm,
      owner: 'merchant-a',
      algorithm,
      key: PAIRS[algorithm].verifying,
      nonceScope: algorithm,
      notBeforeMs: undefined,
      notAfterMs: undefined,
      isRevoked: false,
    },
  ]),
);

/** How a request is signed where a test does not say: by ed25519, covering what a payment must. */
export interface SignSpec extends Partial<Rfc9421SignOptions> {
  readonly algorithm?: Algorithm;
  readonly nonce?: string;
  /** Unix seconds. */
  readonly created?: number;
}

export const PAYMENT: MessageSpec = {
  method: 'POST',
  authority: 'pay.example',
  target: '/v1/payments?currency=CNY',
  headers: [['content-type', 'application/json']],
  body: '{"amount":100}',
};

export const COVER = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'];

/** The request with the headers of its signature. */
export function signed(
  spec: MessageSpec = PAYMENT,
  { algorithm = 'ed25519', ...options }: SignSpec = {},
): MessageSpec {
  const { headers = [] } = spec;
  const { method, scheme, authority, target } = messageOf(spec);
  const texts = headers.map(([name, value]) => [name, Buffer.from(value).toString('latin1')] as const);
  const result = signRfc9421(
    { method, scheme, authority, target, headers: texts, body: bodyOf(spec) },
    { components: COVER, ...options },
    {
      key: signingKeyOf(algorithm),
      nowMs: options.created === undefined ? NOW_MS : options.created * MS_PER_SECOND,
      nonce: options.nonce ?? freshNonce(),
    },
  );
  const replaced = new Set(result.headers.map(([name]) => name.toLowerCase()));
  const kept = headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...spec, headers: [...kept, ...result.headers] };
}

export interface JudgeOptions extends Partial<Omit<Verification, 'profile'>> {
  readonly profile?: Partial<ProfileOf<'rfc9421'>>;
}

/** Decides on requests as the service does, on a clock that stands still: `ok` or the reason. */
export function createJudge({ profile, ...change }: JudgeOptions = {}): (spec: MessageSpec) => string {
  const seen = new Set<string>();
  const decide = createPipeline({
    claimNonce: ({ key }) => {
      if (seen.has(key)) return 'replayed';
      seen.add(key);
      return 'fresh';
    },
    onError: (error) => {
      throw error;
    },
  });
  const verify: Verification = {
    profile: rfc9421Profile({ params: ['created', 'nonce', 'keyid'], isDigestRequired: true, ...profile }),
    keys: KEYS,
    cover: COVER,
    windowMs: 300_000,
    skewMs: 30_000,
    nonce: { use: 'required', minLength: 16 },
    accounts: 'owner',
    ...change,
  };
  const rules = ruleSet({ ...rule(), verify });
  return (spec) => {
    const decision = decide({ ...messageOf(spec), policyId: POLICY }, rules, NOW_MS);
    if (decision instanceof Promise) throw new Error('a decision without a lookup takes no turn');
    return decision.kind === 'allow' ? 'ok' : decision.reason;
  };
}
