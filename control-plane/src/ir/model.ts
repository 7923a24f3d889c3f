/**
 * What every proxy must do, as plain JSON-able data: no YAML, no Envoy types. The compiler makes it
 * from policy documents, the translator makes Envoy resources of it. Lists are sorted where order has
 * no meaning, so that equal policies give equal bytes.
 */

/** The whole mesh. Keys of `proxies` are node ids (names of Workloads). */
export interface MeshIr {
  readonly proxies: Readonly<Record<string, ProxyIr>>;
}

export interface ProxyIr {
  readonly node: string;
  readonly namespace: string;
  readonly locality: { readonly region: string; readonly zone: string };
  readonly listeners: readonly ListenerIr[];
  readonly clusters: readonly ClusterIr[];
}

/** One listener with one route table of the same name. */
export interface ListenerIr {
  /** `gateway`: clients of the mesh come in. `inbound`: others call this instance. `outbound`: it calls others. */
  readonly direction: 'gateway' | 'inbound' | 'outbound';
  readonly address: string;
  readonly port: number;
  readonly virtualHosts: readonly VirtualHostIr[];
  /** Present when a route of this listener is signed. */
  readonly extAuthz?: PolicyServiceIr;
  /** Present when a route of this listener is limited. */
  readonly rateLimiter?: PolicyServiceIr;
  /** Name of the cluster that gives proxies their parts of limits. Present when a route has quotas. */
  readonly quotaCluster?: string;
  /** Present where the mesh has a collector of spans. */
  readonly tracing?: TracingIr;
}

/** Spans of one listener. */
export interface TracingIr {
  /** Name of the cluster of the collector. */
  readonly cluster: string;
  /** `service.name` of the spans: the gateway, or `namespace/service`. */
  readonly service: string;
  /** Share of the requests without a trace that begins one, in percent. */
  readonly samplePercent: number;
}

/** How a proxy reaches ext-authz or the rate limiter. */
export interface PolicyServiceIr {
  /** Name of a cluster in the same proxy. */
  readonly cluster: string;
  readonly timeoutMs: number;
}

export interface VirtualHostIr {
  readonly name: string;
  readonly domains: readonly string[];
  /** First match wins: ordered from the most to the least specific. */
  readonly routes: readonly RouteIr[];
}

export interface RouteIr {
  /** `namespace/route#index of the match`; `passthrough` for what no Route names. */
  readonly name: string;
  readonly match: RequestMatchIr;
  /** One cluster, or several tried in order when the one before was not reached. */
  readonly clusters: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly retry?: RetryIr;
  readonly signing?: SigningIr;
  readonly access?: AccessIr;
  readonly rateLimits: readonly RateLimitIr[];
  /** Limits that the proxy keeps by itself, at most `MOST_QUOTAS`. */
  readonly quotas?: readonly QuotaIr[];
  readonly guard?: GuardIr;
  /** Leaf (`timeoutMs`, `retry.attempts`, `signing`) to where its value was typed (`file:line:column`) or `built-in`. */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface RequestMatchIr {
  readonly method?: string;
  readonly path:
    | { readonly kind: 'exact'; readonly value: string }
    | { readonly kind: 'prefix'; readonly value: string }
    | { readonly kind: 'template'; readonly value: string };
}

export interface RetryIr {
  readonly attempts: number;
  /** Envoy's own words for retry_on, sorted. */
  readonly on: readonly string[];
  readonly perTryMs?: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
}

export interface SigningIr {
  /** `namespace/name` of the SigningPolicy; ext-authz finds it by this id. */
  readonly policy: string;
  readonly isShadow: boolean;
  readonly maxBodyBytes: number;
}

/** Who may call: what the proxy decides by itself, and what it asks ext-authz. */
export interface AccessIr {
  /** `namespace/name` of the AccessPolicies that ext-authz judges where it can deny; those in shadow among them do not. */
  readonly checked: readonly string[];
  /** Those that it judges in a check that can deny nothing. */
  readonly tried: readonly string[];
  /** The proxy verifies these tokens before anything else. */
  readonly tokens: readonly TokenIr[];
  /** The proxy refuses a request for which one of these holds. */
  readonly denials: readonly DenialIr[];
  /** It counts one for which one of these holds. */
  readonly shadowDenials: readonly DenialIr[];
}

/** A token of one issuer. */
export interface TokenIr {
  /** `namespace/name` of the AccessPolicy that asks for it. */
  readonly policy: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Lower case; `authorization` holds `Bearer TOKEN`. */
  readonly header: string;
  /** False: a request without a token goes on. */
  readonly isRequired: boolean;
  readonly clockSkewSeconds: number;
  /** A JWKS in which every key says its algorithm. */
  readonly jwks: string;
}

export interface DenialIr {
  /** `namespace/policy/rule`, for logs and metrics. */
  readonly name: string;
  readonly if: ConditionIr;
}

/** What a proxy can see of a request. */
export type ConditionIr =
  | { readonly kind: 'all'; readonly of: readonly ConditionIr[] }
  | { readonly kind: 'any'; readonly of: readonly ConditionIr[] }
  | { readonly kind: 'not'; readonly of: ConditionIr }
  | { readonly kind: 'method'; readonly value: string }
  /** Without the query. */
  | { readonly kind: 'path'; readonly is: TextIr }
  /** Of the connection, whatever headers say. */
  | { readonly kind: 'source'; readonly address: string; readonly prefix: number }
  /** A name of the certificate that the caller has proven. */
  | { readonly kind: 'peer'; readonly is: TextIr }
  /** There is such a header, and a line of it is so, or none is. */
  | { readonly kind: 'header'; readonly name: string; readonly is?: TextIr; readonly isNot?: TextIr }
  /** A member of a verified token that is there; of a list any item. */
  | {
      readonly kind: 'token';
      readonly policy: string;
      readonly part: 'header' | 'claims';
      readonly path: readonly string[];
      readonly is?: TextIr;
    };

/** `regex` is RE2 for the whole text; `ignoreCase` is for letters of ASCII. */
export type TextIr =
  | { readonly kind: 'exact' | 'contains'; readonly value: string; readonly ignoreCase?: true }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'regex'; readonly value: string };

export interface RateLimitIr {
  /** `namespace/name` of the RateLimitPolicy. */
  readonly policy: string;
  readonly limit: string;
  /** Entries of the descriptor that Envoy sends, in order. */
  readonly entries: readonly DescriptorEntryIr[];
  /** What Envoy does when the limiter does not answer. */
  readonly onUnavailable: 'allow' | 'deny';
  readonly status: number;
  readonly retryAfter: boolean;
  readonly headers: 'draft' | 'none';
  /** What a request counts; absent: one. */
  readonly cost?: CostIr;
  /** What is given back when the answer is out; absent: nothing. */
  readonly returns?: ReturnIr;
}

export interface QuotaIr extends Pick<RateLimitIr, 'policy' | 'limit' | 'entries' | 'status'> {
  /** What the proxy does before it has a part of the limit and when its part has expired; `last`: it goes on with it. */
  readonly onUnavailable: 'allow' | 'deny' | 'last';
}

/** Bound on what one proxy takes in for one route, before anything else looks at it. */
export interface GuardIr {
  /** `namespace/name` of the RateLimitPolicy. */
  readonly policy: string;
  readonly isShadow: boolean;
  readonly requests: number;
  readonly perSeconds: number;
  readonly burst: number;
}

/** An amount that ext-authz reads and tells the proxy. */
export interface CostIr {
  readonly from:
    | { readonly kind: 'body'; readonly path: readonly string[] }
    | { readonly kind: 'header'; readonly name: string };
  /** Counted where no amount was told. */
  readonly max: number;
  /** Refuses nothing. */
  readonly isShadow: boolean;
}

/** Of the hits that the rate limiter took: all, so many as a header of the answer says, or all with these statuses. */
export type ReturnIr =
  | { readonly kind: 'all' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'statuses'; readonly statuses: readonly number[] };

export type DescriptorEntryIr =
  | { readonly kind: 'fixed'; readonly key: string; readonly value: string }
  | { readonly kind: 'header'; readonly key: string; readonly header: string }
  | { readonly kind: 'remoteAddress'; readonly key: string };

export interface ClusterIr {
  /** `namespace/service`; `local` for the program beside a sidecar; `paymesh/ext-authz`, `paymesh/rate-limiter`, `paymesh/quota`, `paymesh/otlp`. */
  readonly name: string;
  readonly protocol: 'http' | 'http2';
  /** `eds`: endpoints are sent as a resource of their own. `static`: they are part of the cluster. */
  readonly discovery: 'eds' | 'static';
  readonly connectTimeoutMs: number;
  readonly endpoints: readonly EndpointIr[];
  readonly healthCheck?: HealthCheckIr;
  readonly outlier?: OutlierIr;
  readonly breaker: BreakerIr;
  readonly provenance: Readonly<Record<string, string>>;
}

export interface EndpointIr {
  readonly address: string;
  readonly port: number;
  readonly region: string;
  readonly zone: string;
  /** 0 is tried first: same zone, then same region, then the rest, as seen from the proxy. */
  readonly priority: number;
  readonly weight: number;
  /** Name of the Workload, for logs. */
  readonly workload: string;
}

export interface HealthCheckIr {
  /** HTTP path, or `grpc` for grpc.health.v1. */
  readonly kind: 'http' | 'grpc';
  readonly path?: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

export interface OutlierIr {
  readonly consecutive5xx: number;
  readonly failurePercent?: { readonly over: number; readonly minRequests: number };
  readonly intervalMs: number;
  readonly ejectMs: number;
  readonly maxPercent: number;
}

export interface BreakerIr {
  readonly maxConnections?: number;
  readonly maxPending?: number;
  readonly maxRequests?: number;
  readonly retryBudgetPercent: number;
  readonly retryMinConcurrency: number;
}
