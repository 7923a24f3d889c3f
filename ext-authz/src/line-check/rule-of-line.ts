import { type KeyRing, keyFromJson, type SigningKey } from '../keys/index.ts';
import type { Rule } from '../rules/index.ts';
import type { SchemeName } from '../signature/index.ts';
import { coverOfLine, profileOfLine } from './profile-of-line.ts';
import { LineError, type LinePolicy, type LineRequest } from './read-line.ts';

const MS_PER_SECOND = 1_000;
const DEFAULT_SKEW_SEC = 30;
/** Ages that the documents of a scheme prescribe where the line says none; others then have no bound. */
const DEFAULT_AGE_SEC: Readonly<Partial<Record<SchemeName, number>>> = {
  hmac: 300,
  wechatpay: 300,
  stripe: 300,
  'standard-webhooks': 300,
  sigv4: 900,
};
/** A nonce is kept so long where signatures may be of any age. */
const REMEMBER_MS = 366 * 86_400_000;
/** Keys of a line belong to nobody. */
const OWNER = 'line';
const MAX_BODY_BYTES = 16 * 1_024 * 1_024;

/** The rule that a line asks to be judged by; throws a LineError where it means none. */
export function ruleOfLine({ policy, keys, message }: LineRequest): Rule {
  const profile = profileOfLine(policy, message);
  const windowMs = windowOf(policy, profile.scheme);
  const skewMs = (policy.skewSec ?? DEFAULT_SKEW_SEC) * MS_PER_SECOND;
  const isNonceRequired = policy.isNonceRequired || policy.params.includes('nonce');
  const cover = coverOfLine(policy);
  return {
    policyId: 'line',
    mode: 'Enforce',
    verify: {
      profile,
      keys: readKeys(keys),
      cover: policy.isDigestRequired ? [...cover, '"content-digest"'] : cover,
      windowMs,
      skewMs,
      nonce: { use: nonceUse(isNonceRequired, profile.scheme), minLength: policy.minNonceLength },
      accounts: 'any',
    },
    rememberMs: windowMs === undefined ? REMEMBER_MS : windowMs + 2 * skewMs,
    nonceStore: 'embedded',
    onStoreDown: 'Deny',
    maxBodyBytes: MAX_BODY_BYTES,
    refusal: { kind: 'problem' },
  };
}

function windowOf({ maxAgeSec }: LinePolicy, scheme: SchemeName): number | undefined {
  const seconds = maxAgeSec ?? DEFAULT_AGE_SEC[scheme];
  if (seconds === undefined || scheme === 'adyen') return undefined;
  // WeChat Pay refuses what is as old as the window.
  return seconds * MS_PER_SECOND - (scheme === 'wechatpay' ? 1 : 0);
}

function nonceUse(isRequired: boolean, scheme: SchemeName): 'required' | 'optional' | 'derived' {
  if (isRequired) return 'required';
  return scheme === 'rfc9421' ? 'optional' : 'derived';
}

function readKeys(keys: LineRequest['keys']): KeyRing {
  const ring = new Map<string, SigningKey>();
  for (const [index, json] of keys.entries()) {
    const read = keyFromJson(json, OWNER);
    // As at load of a KeySet: what cannot be trusted is not there, and whoever signs with it is unknown.
    if (read.kind === 'bad') continue;
    if (ring.has(read.key.id)) throw new LineError(`keys[${index}]: expected each id once`);
    ring.set(read.key.id, read.key);
  }
  return ring;
}
