import type { SignProfile } from '../signature/index.ts';

type HmacProfile = Extract<SignProfile, { readonly scheme: 'hmac' }>;

/** A scheme with its options; what most policies have need not be given. */
export type ClientProfile = Exclude<SignProfile, HmacProfile> | HmacOptions;

/** Paymesh's own scheme: defaults as a SigningPolicy has them. */
interface HmacOptions {
  readonly scheme: 'hmac';
  /** Names of the four headers. */
  readonly headers?: Partial<HmacProfile['headers']>;
  /** Further headers that are signed, in the policy's order. Default none. */
  readonly signedHeaders?: readonly string[];
}

const HMAC_HEADERS: HmacProfile['headers'] = {
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
};

/** The profile that the signer is given. */
export function withDefaults(profile: ClientProfile): SignProfile {
  if (profile.scheme !== 'hmac') return profile;
  const { scheme, headers, signedHeaders = [] } = profile;
  return {
    scheme,
    headers: { ...HMAC_HEADERS, ...headers },
    signedHeaders: signedHeaders.map((name) => name.toLowerCase()),
  };
}
