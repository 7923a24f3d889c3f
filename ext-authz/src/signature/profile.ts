/**
 * What a policy says of a signature, by scheme: names of headers, which of several messages of a provider, what
 * must be covered. Header names are lower case; component identifiers are serialised as in RFC 9421 (`"@method"`).
 */
export type Profile =
  | HmacProfile
  | Rfc9421Profile
  | WechatpayProfile
  | AlipayProfile
  | AlipayplusProfile
  | UnionpayProfile
  | StripeProfile
  | AdyenProfile
  | StandardWebhooksProfile
  | Sigv4Profile;

/** Name of a scheme, which is also the name of its folder. */
export type SchemeName = Profile['scheme'];

/** The profile of one scheme. */
export type ProfileOf<S extends SchemeName> = Extract<Profile, { scheme: S }>;

export interface HmacProfile {
  readonly scheme: 'hmac';
  readonly headers: {
    readonly keyId: string;
    readonly timestamp: string;
    readonly nonce: string;
    readonly signature: string;
  };
  /** Further headers that are signed, in the policy's order. */
  readonly signedHeaders: readonly string[];
}

export interface Rfc9421Profile {
  readonly scheme: 'rfc9421';
  /** Which signature of several is meant: by label, by `tag`, or (neither) the only one there is. */
  readonly label?: string | undefined;
  readonly tag?: string | undefined;
  /** Signature parameters that must be there: `created`, `expires`, `nonce`, `alg`, `keyid`, `tag`. */
  readonly params: readonly string[];
  /** True: a Content-Digest (RFC 9530) must be there and covered. A covered or present one must always be right. */
  readonly isDigestRequired: boolean;
}

export interface WechatpayProfile {
  readonly scheme: 'wechatpay';
  /** `request`: Authorization header of a merchant. `callback`: Wechatpay-* headers of the provider. */
  readonly message: 'request' | 'callback';
}

export interface AlipayProfile {
  readonly scheme: 'alipay';
  /** `request` and `notification` of open API 2.0 (form or query); `v3`: Authorization header. */
  readonly message: 'request' | 'notification' | 'v3';
}

export interface AlipayplusProfile {
  readonly scheme: 'alipayplus';
}

export interface UnionpayProfile {
  readonly scheme: 'unionpay';
}

export interface StripeProfile {
  readonly scheme: 'stripe';
}

export interface AdyenProfile {
  readonly scheme: 'adyen';
  /** `payment`: a signature in each item of the body. `platform`: HmacSignature header over the body. */
  readonly message: 'payment' | 'platform';
}

export interface StandardWebhooksProfile {
  readonly scheme: 'standard-webhooks';
}

export interface Sigv4Profile {
  readonly scheme: 'sigv4';
  /** Scope that a signature must have; undefined: any (only where the key set is of one region and service). */
  readonly region?: string | undefined;
  readonly service?: string | undefined;
}
