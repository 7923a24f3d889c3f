/**
 * The documents of apiVersion paymesh.dev/v1 as every reader sees them: parsed, with defaults filled
 * in, durations in milliseconds, sizes in bytes. How a spec is written is told in policies/README.md.
 */

/** Where a value was typed; lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Metadata {
  readonly name: string;
  /** Default `default`. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Document<K extends string, S> {
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: S;
  /** Position of the document's first key. */
  readonly at: SourcePosition;
  /** Path as typed (`spec.retryOn[1]`) to the position of that value. */
  readonly positions: ReadonlyMap<string, SourcePosition>;
}

/** A name of another document, where it was typed. */
export interface Reference {
  /** The document that names it: `RetryPolicy pay/charge-retry`. */
  readonly subject: string;
  /** Path as typed of the value that is the name. */
  readonly path: string;
  readonly at: SourcePosition;
  readonly kind: Kind;
  readonly to: ServiceRef;
}

export type Mode = 'Enforce' | 'Shadow' | 'Off';

/** What a policy applies to. The namespace is the policy's own unless written. */
export interface TargetRef {
  readonly kind: 'Service' | 'Route';
  readonly name: string;
  readonly namespace: string;
}

/** Fields that every policy kind shares. */
export interface Targeted {
  readonly targetRefs: readonly TargetRef[];
  /** Default `Enforce`. */
  readonly mode: Mode;
  /** Higher wins among policies of one kind on the same level. Default 0. */
  readonly priority: number;
}

/** Where a value comes from in a request: `header(X-Key-Id)`, `principal`, `remoteAddress`. */
export type Selector =
  | { readonly kind: 'header' /** Lower case. */; readonly name: string }
  /** The owner of the key that signed the request, as verified by ext-authz. */
  | { readonly kind: 'principal' }
  | { readonly kind: 'remoteAddress' };

export interface Locality {
  readonly region: string;
  readonly zone: string;
}

export interface ServiceSpec {
  readonly protocol: 'http' | 'http2';
  readonly owners: readonly string[];
  /** Active health check of each instance, through its proxy. Absent: none. */
  readonly healthCheck?: {
    readonly path: string;
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly unhealthyThreshold: number;
    readonly healthyThreshold: number;
  };
}

/** One instance of a service, or one gateway; node.id of its proxy is `metadata.name`. */
export type WorkloadSpec = InstanceSpec | GatewaySpec;

interface WorkloadCommon {
  /**
   * IP address on which the instance and its proxy are reached, or a host name for as many instances as it has
   * addresses, whose proxies share the node id. Default 127.0.0.1.
   */
  readonly address: string;
  readonly locality: Locality;
  /** Port of Envoy's admin interface on loopback, used by `paymesh bootstrap` and `up`. */
  readonly adminPort: number;
}

export interface InstanceSpec extends WorkloadCommon {
  readonly kind: 'instance';
  /** Name of a Service, in the workload's namespace unless written `namespace/name`. */
  readonly service: ServiceRef;
  /** Port of the program itself. */
  readonly port: number;
  /** Share of traffic beside its siblings, 1 to 128. Default 1. */
  readonly weight: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Listeners of the sidecar beside the program: others connect to `inbound`, the program to `outbound`. */
  readonly proxy: { readonly inbound: number; readonly outbound: number };
}

export interface GatewaySpec extends WorkloadCommon {
  readonly kind: 'gateway';
  /** The name that Routes give as `parent`. */
  readonly gateway: string;
  /** Port on which clients of the mesh come in. */
  readonly port: number;
}

export interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
}

export type PathMatch =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  /** `/v1/payments/{id}`: each `{name}` stands for one segment. */
  | { readonly kind: 'template'; readonly value: string };

export interface RequestMatch {
  /** Upper case; absent matches every method. */
  readonly method?: string;
  readonly path: PathMatch;
}

export interface RouteSpec {
  readonly service: ServiceRef;
  /** Name of the gateway on which the route is exposed; absent: inside the mesh only. */
  readonly parent?: string;
  readonly match: readonly RequestMatch[];
  /**
   * Declares that the service enforces an idempotency key, which makes retries of writes legal; not so where it is
   * not required, for a request without a key could be repeated too.
   */
  readonly idempotency?: {
    readonly key: Extract<Selector, { kind: 'header' }>;
    readonly required: boolean;
  };
}

/** Where text that does not belong into a policy file lies; a path is relative to the document's folder. */
export type TextSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string };

/** Algorithms of public keys, by their names in the registry of RFC 9421 section 6.2.2. */
export type PublicKeyAlgorithm =
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'ecdsa-p384-sha384'
  | 'rsa-pss-sha512'
  | 'rsa-v1_5-sha256';

/** One key: a secret for hmac-sha256, a public key for all other algorithms. */
export type KeySpec = SecretKeySpec | PublicKeySpec;

interface KeyCommon {
  readonly id: string;
  /** Principal in whose name the key signs. */
  readonly owner: string;
  /** Unix milliseconds. Absent: no bound on that side. */
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly revoked: boolean;
}

export type SecretEncoding = 'base64' | 'hex' | 'text';

export interface SecretKeySpec extends KeyCommon {
  readonly algorithm: 'hmac-sha256';
  /** How the text says the bytes; absent: base64. */
  readonly secret: TextSource & { readonly encoding?: SecretEncoding };
}

export interface PublicKeySpec extends KeyCommon {
  readonly algorithm: PublicKeyAlgorithm;
  /** PEM of a public key (SPKI) or an X.509 certificate, or one JWK as JSON. */
  readonly publicKey: TextSource;
}

/** A folder with one public key per file, such as a mounted Secret; the name of a file is the id of its key. */
export interface KeyFolderSpec {
  /** Relative to the document's folder. */
  readonly path: string;
  readonly algorithm: PublicKeyAlgorithm;
  readonly owner: string;
}

/** How fresh the keys of a remote source are. */
interface Freshness {
  readonly refreshMs: number;
  /** So long after the last good answer its keys are expired. */
  readonly maxStaleMs: number;
}

/** Keys published as a JWK Set (RFC 7517). */
export interface JwksSpec extends Freshness {
  readonly url: string;
  /** Principal in whose name all of them sign. */
  readonly owner: string;
  readonly algorithms: readonly PublicKeyAlgorithm[];
}

/** Platform certificates of WeChat Pay (APIv3), fetched in the name of a merchant. */
export interface WechatCertificatesSpec extends Freshness {
  readonly url: string;
  readonly owner: string;
  readonly merchant: {
    readonly mchid: string;
    /** Serial number of the merchant's certificate, upper-case hex. */
    readonly serial: string;
    readonly privateKey: TextSource;
  };
  /** 32 bytes of text that decrypt the certificates. */
  readonly apiV3Key: TextSource;
}

/** Keys of all its sources together; an id in `keys` stands before the same one elsewhere. */
export interface KeySetSpec {
  readonly keys: readonly KeySpec[];
  readonly folder?: KeyFolderSpec;
  readonly jwks?: JwksSpec;
  readonly wechatCertificates?: WechatCertificatesSpec;
}

export type Covered = 'method' | 'path' | 'query' | 'bodyDigest' | `header(${string})`;

/** How a request must be signed, by scheme. */
export type VerifySpec =
  | HmacVerifySpec
  | Rfc9421VerifySpec
  | WechatpayVerifySpec
  | AlipayVerifySpec
  | AdyenVerifySpec
  | Sigv4VerifySpec
  | PlainVerifySpec;

export interface VerifyKeys {
  /** `keyset/NAME` in the policy's namespace. */
  readonly keySet: ServiceRef;
}

export interface HmacVerifySpec {
  readonly scheme: 'hmac-sha256';
  readonly keys: VerifyKeys & {
    /** Header that names the key. */
    readonly idHeader: string;
  };
  /** Header names, lower case. Defaults x-timestamp, x-nonce, x-signature. */
  readonly timestampHeader: string;
  readonly nonceHeader: string;
  readonly signatureHeader: string;
  readonly cover: readonly Covered[];
}

/** HTTP Message Signatures. */
export interface Rfc9421VerifySpec {
  readonly scheme: 'rfc9421';
  readonly keys: VerifyKeys;
  /** Which signature of several; neither: there must be only one. */
  readonly label?: string;
  readonly tag?: string;
  /** A named list of components that must be covered. */
  readonly coverage?: CoverageName;
  /** Further component identifiers that must be covered, serialised as in RFC 9421: `"@method"`. */
  readonly cover: readonly string[];
  /** Signature parameters that must be there. Default created, keyid, nonce. */
  readonly params: readonly SignatureParam[];
  /** Required: Content-Digest must be there and covered. IfPresent: only right where it is there. */
  readonly digest: 'Required' | 'IfPresent';
}

export type CoverageName = 'payment-write' | 'payment-read' | 'webhook';

export type SignatureParam = 'created' | 'expires' | 'nonce' | 'alg' | 'keyid' | 'tag';

export interface WechatpayVerifySpec {
  readonly scheme: 'wechatpay';
  readonly keys: VerifyKeys;
  /** Of a merchant, or of WeChat Pay to a merchant. */
  readonly message: 'request' | 'callback';
}

export interface AlipayVerifySpec {
  readonly scheme: 'alipay';
  readonly keys: VerifyKeys;
  /** Open API 2.0 of a merchant, its notification to a merchant, or open API v3 of a merchant. */
  readonly message: 'request' | 'notification' | 'v3';
}

export interface AdyenVerifySpec {
  readonly scheme: 'adyen';
  readonly keys: VerifyKeys;
  /** Signature in each item of the body, or one over the body. */
  readonly message: 'payment' | 'platform';
}

/** AWS Signature Version 4. */
export interface Sigv4VerifySpec {
  readonly scheme: 'sigv4';
  readonly keys: VerifyKeys;
  readonly region: string;
  readonly service: string;
  /** Component identifiers that must be covered, serialised as in RFC 9421. */
  readonly cover: readonly string[];
}

/** Schemes in which nothing can be chosen. */
export interface PlainVerifySpec {
  readonly scheme: 'alipayplus' | 'unionpay' | 'stripe' | 'standard-webhooks';
  readonly keys: VerifyKeys;
}

export interface SigningPolicySpec extends Targeted {
  readonly verify: VerifySpec;
  /** Another way of signing on trial: verified too and counted, never enforced. */
  readonly candidate?: VerifySpec;
  readonly replay: {
    readonly windowMs: number;
    readonly skewMs: number;
    readonly nonceStore: 'embedded' | 'redis';
    /** Local: what one replica can know is enough while Redis cannot answer. */
    readonly onStoreDown: 'Deny' | 'Local';
    /** Shortest nonce taken, in characters. */
    readonly minNonce: number;
  };
  readonly maxBodyBytes: number;
  /** Shape of a refusal: problem+json, or as the provider of the scheme words its own. */
  readonly denial: 'Problem' | 'Provider';
}

/** Who may call, judged after the signature. Every AccessPolicy of a route must allow. */
export interface AccessPolicySpec extends Targeted {
  readonly identity: AccessIdentity;
  /** Deny rules first, in whatever order they are typed, then Allow rules; what no Allow rule takes is denied. */
  readonly rules: readonly AccessRule[];
}

/** What a caller must prove of itself. */
export interface AccessIdentity {
  /** Required: a client certificate that the proxy verified. Default Optional. */
  readonly mtls: 'Required' | 'Optional';
  readonly jwt?: JwtSpec;
}

export type JwtAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA';

/** A token of one issuer (RFC 7519), as Bearer or in a header of its own. */
export interface JwtSpec {
  readonly issuer: string;
  /** The token is for at least one of them. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly JwtAlgorithm[];
  /** A JWKS (RFC 7517): in a file, relative to the document's folder, or behind a URL. */
  readonly keys:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'url'; readonly url: string };
  /** Lower case. `authorization` holds `Bearer TOKEN`, any other the token alone. */
  readonly header: string;
  /** False: a request without a token goes on without claims; one with a bad token does not. */
  readonly required: boolean;
  /** Required: the token names the caller's certificate (RFC 8705, `cnf.x5t#S256`). */
  readonly cnf: 'Required' | 'None';
  /** Whole seconds. */
  readonly clockSkewMs: number;
  /** Longest time since `iat`. Absent: `exp` alone decides. */
  readonly maxAgeMs?: number;
}

/** All kinds of conditions that are given must hold; of the values of one kind any. */
export interface AccessRule {
  readonly name: string;
  readonly action: 'Allow' | 'Deny';
  readonly methods: readonly string[];
  readonly paths: readonly PathMatch[];
  /** Of the address from which the connection came. */
  readonly sources: readonly Cidr[];
  readonly peers: readonly PeerMatch[];
  /** Owners of the key that signed. */
  readonly principals: readonly string[];
  readonly claims: readonly ClaimMatch[];
  /** All must hold. */
  readonly headers: readonly HeaderMatch[];
  /** A CEL expression that must be true. */
  readonly when?: string;
}

export interface Cidr {
  readonly address: string;
  /** Bits. */
  readonly prefix: number;
}

/** A URI or DNS name of the caller's certificate. */
export type PeerMatch =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string };

/** A claim of the token, one step a member: text that is one of the values, or a list that holds one. */
export interface ClaimMatch {
  readonly path: readonly [string, ...string[]];
  readonly values: readonly string[];
}

/** Every line of a header, without a comma. */
export type HeaderMatch =
  | { readonly name: string; readonly kind: 'exact' | 'prefix'; readonly value: string }
  | { readonly name: string; readonly kind: 'present' };

export type RateUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** So many requests in each `every` units. */
export interface Rate {
  readonly requests: number;
  readonly unit: RateUnit;
  /** A whole number from 1. */
  readonly every: number;
}

/** Units that a calendar knows; shorter ones are the same in all zones. */
export type CalendarUnit = Extract<RateUnit, 'day' | 'week' | 'month' | 'year'>;

/** How a limit measures, with its amount. */
export type LimitMeasure =
  /** Fixed: windows aligned to the Unix epoch. Sliding: in any span of that length. */
  | { readonly algorithm: 'Fixed' | 'Sliding'; readonly rate: Rate }
  /** Fills evenly with the rate and holds at most `burst`. */
  | { readonly algorithm: 'TokenBucket'; readonly rate: Rate; readonly burst: number }
  /** Days, weeks from Monday, months or years of this zone; `every` is 1. */
  | {
      readonly algorithm: 'Calendar';
      readonly rate: Rate & { readonly unit: CalendarUnit };
      readonly timeZone: string;
    }
  /** So many under way; one whose end is never told ends after `holdMs`. */
  | { readonly algorithm: 'Concurrency'; readonly max: number; readonly holdMs: number };

/** Where the amount of a request is. */
export type CostSource =
  /** A member of the JSON body, by the steps to it. */
  | { readonly kind: 'body'; readonly path: readonly string[] }
  /** In lower case. */
  | { readonly kind: 'header'; readonly name: string };

/** A request counts as its amount. Without one from 0 to `max` it is refused, in mode Shadow counted as `max`. */
export interface CostSpec {
  readonly from: CostSource;
  readonly max: number;
}

/** What gives hits back when the answer is out: never more than the request took. */
export type RefundSpec =
  /** So many as this header of the answer says; in lower case. */
  | { readonly kind: 'header'; readonly name: string }
  /** All, where the status of the answer is one of these. */
  | { readonly kind: 'statuses'; readonly statuses: readonly number[] };

export interface LimitSpec {
  readonly name: string;
  /** Values that get a counter each; empty: one counter for the whole target. */
  readonly per: readonly Selector[];
  readonly measure: LimitMeasure;
  /** Who keeps the count. proxy: each proxy its part, without a call for a request. Absent: the service. */
  readonly enforce?: 'service' | 'proxy';
  /** Admitted: a request that is denied, by this limit or another, takes nothing from this one. */
  readonly consume: 'Always' | 'Admitted';
  /** Absent: a request counts as one. */
  readonly cost?: CostSpec;
  readonly refund?: RefundSpec;
  /** Another measure, of the same algorithm, for one value of the first selector. */
  readonly overrides: readonly { readonly value: string; readonly measure: LimitMeasure }[];
}

export interface RateLimitPolicySpec extends Targeted {
  readonly limits: readonly LimitSpec[];
  /** Bounds what one proxy takes in for one match of a route, before anything else looks at it. `burst` absent: one rate. */
  readonly guard?: { readonly rate: Rate; readonly burst?: number };
  readonly onLimited: {
    readonly status: number;
    readonly retryAfter: boolean;
    readonly headers: 'draft' | 'none';
  };
  /**
   * What holds while counts cannot be had. Open: pass. Closed: refuse. Local: the limiter counts by
   * itself at `factor` of each rate; a limiter that is gone altogether is passed, as Open.
   */
  readonly onStoreDown: { readonly fallback: 'Open' | 'Closed' | 'Local'; readonly factor: number };
}

export type RetryCondition =
  | 'connect-failure'
  | 'refused-stream'
  | 'reset-before-request'
  | 'reset'
  | 'gateway-error'
  | '5xx';

export interface RetryPolicySpec extends Targeted {
  /** Further tries after the first; 0 switches retries off. */
  readonly attempts: number;
  readonly retryOn: readonly RetryCondition[];
  readonly perTryMs?: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
  /** Bound on concurrent retries of a service. */
  readonly budget?: RetryBudget;
}

export interface RetryBudget {
  /** Retries may be so many percent of the active requests. */
  readonly percent: number;
  /** So many are always allowed. */
  readonly minConcurrency: number;
}

export interface TimeoutPolicySpec extends Targeted {
  /** Whole request with all its tries. */
  readonly requestMs?: number;
  readonly connectMs?: number;
  readonly idleMs?: number;
}

export interface CircuitBreakerPolicySpec extends Targeted {
  readonly limits?: {
    readonly connections?: number;
    readonly pending?: number;
    readonly requests?: number;
    /** Concurrent retries, whatever the traffic; takes the place of the retry budget. */
    readonly retries?: number;
  };
  readonly eject?: {
    readonly consecutive5xx: number;
    readonly failurePercent?: { readonly over: number; readonly minRequests: number };
    readonly intervalMs: number;
    readonly forMs: number;
    readonly maxPercent: number;
  };
}

export interface FailoverPolicySpec extends Targeted {
  /** Services in order; the first is the route's own. One that stands twice in a row (by locality) is one. */
  readonly order: readonly ServiceRef[];
  readonly onlyIf: 'request-not-sent';
}

/** One of the two policy services, as the proxies reach it. */
export interface PolicyServiceSpec {
  /** `HOST:PORT` of each replica. */
  readonly endpoints: readonly string[];
  /** `HOST:PORT` of the admin port of the replica that `paymesh up` starts. */
  readonly admin: string;
  /** How long a proxy waits for an answer. */
  readonly timeoutMs: number;
}

export interface RateLimiterSpec extends PolicyServiceSpec {
  /** `HOST:PORT` of each replica, where proxies get their part of a limit; absent: the service keeps all limits. */
  readonly quotaEndpoints?: readonly string[];
}

export interface MeshDefaultsSpec {
  readonly defaults: {
    readonly timeout: { readonly requestMs: number; readonly connectMs: number; readonly idleMs: number };
    readonly retry: {
      readonly attempts: number;
      readonly retryOn: readonly RetryCondition[];
      readonly backoff: { readonly baseMs: number; readonly maxMs: number };
      readonly budget: RetryBudget;
    };
  };
  /** Cannot be loosened by any policy. */
  readonly overrides: {
    readonly retry: { readonly attemptsMax: number };
    /** Required: a route of a gateway without an enforced SigningPolicy is an error. Default Optional. */
    readonly signing: 'Required' | 'Optional';
  };
  /** Where `paymesh up` starts the control plane and where proxies find it (`HOST:PORT`). */
  readonly controlPlane: { readonly listen: string; readonly admin: string };
  readonly extAuthz: PolicyServiceSpec;
  readonly rateLimiter: RateLimiterSpec;
  readonly tracing?: TracingSpec;
}

/** Spans of all proxies, ext-authz and the rate limiter. */
export interface TracingSpec {
  /** `HOST:PORT` of a collector that takes OTLP over gRPC. */
  readonly otlp: string;
  /** Share of the requests at the gateways that is traced, in percent. */
  readonly sampling: number;
}

export type PolicyDocument =
  | Document<'Service', ServiceSpec>
  | Document<'Workload', WorkloadSpec>
  | Document<'Route', RouteSpec>
  | Document<'KeySet', KeySetSpec>
  | Document<'SigningPolicy', SigningPolicySpec>
  | Document<'AccessPolicy', AccessPolicySpec>
  | Document<'RateLimitPolicy', RateLimitPolicySpec>
  | Document<'RetryPolicy', RetryPolicySpec>
  | Document<'TimeoutPolicy', TimeoutPolicySpec>
  | Document<'CircuitBreakerPolicy', CircuitBreakerPolicySpec>
  | Document<'FailoverPolicy', FailoverPolicySpec>
  | Document<'MeshDefaults', MeshDefaultsSpec>;

export type Kind = PolicyDocument['kind'];

/** The document type of one kind. */
export type DocumentOf<K extends Kind> = Extract<PolicyDocument, { kind: K }>;

/** One thing found wrong with the documents, at the place where it was typed. */
export interface Finding {
  /** Stable code such as `PM1203`; `paymesh explain CODE` will tell more. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly at: SourcePosition;
  /** Kind and name of the document, where they are known: `RetryPolicy pay/charge-retry`. */
  readonly subject?: string;
  /** Path as typed: `spec.retryOn[1]`. Empty for the whole document. */
  readonly path: string;
  /** One sentence: what was expected, with units. */
  readonly expected: string;
  /** What stood there, shortened; never a secret. */
  readonly got: string;
  /** What to do, or what was probably meant. */
  readonly hint?: string;
  /** Characters to underline, counted from `at`; the line's end bounds it. */
  readonly length?: number;
}
