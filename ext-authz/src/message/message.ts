import type { HeaderList } from './header-list.ts';

/** What is known of the body. Only `whole` can be digested. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** A prefix, or bytes that do not agree with the stated length. */
  | { readonly kind: 'partial' }
  /** There is one, but the proxy did not send it: it is not set up to. */
  | { readonly kind: 'withheld' };

/** The other end of the connection on which the request came, as the proxy proved it. Empty texts: unknown. */
export interface Peer {
  /** IP address. */
  readonly address: string;
  /** First URI SAN, else DNS SAN, else subject of a client certificate that the proxy verified. */
  readonly principal: string;
  /** That certificate: PEM, URL-encoded. */
  readonly certificate: string;
}

/** A request to be decided on, read once from what the proxy sent, never changed. */
export interface Message {
  /** Names the policy that the proxy wants applied; set by the proxy's configuration, not by clients. */
  readonly policyId: string | undefined;
  /** Names the AccessPolicies that must all allow, in the same way; none: access is no question. */
  readonly accessIds: readonly string[];
  /** What limits count of the request, as the proxy's configuration words it. Absent: nothing is to be read. */
  readonly costs?: string | undefined;
  /** The proxy asks beside a proof that counts: this answer must change no header. Default false. */
  readonly isTrial?: boolean;
  /** Route that matched, for the audit. Empty when unknown. */
  readonly routeId: string;
  /** Safe to print; `unknown` when the proxy sent none that is. */
  readonly requestId: string;
  /**
   * Names this one request as the proxy knows it: its own number of the stream, and the connection it came on. The
   * same only when the proxy asks again about the same request; no client can set it. Empty when unknown.
   */
  readonly attempt: string;
  readonly peer: Peer;
  /** As received, case kept. */
  readonly method: string;
  /** `https` or `http`, as the proxy saw it. */
  readonly scheme: string;
  /** Host and port as sent in Host or `:authority`, case kept. */
  readonly authority: string;
  /** `:path` as the upstream will get it, query included, never decoded. */
  readonly target: string;
  readonly headers: HeaderList;
  /**
   * True when only the merged header map came: repeated lines are joined by a comma and bytes that are
   * not UTF-8 became `!`, so that a value with either may not be what the upstream sees.
   */
  readonly isLossy: boolean;
  readonly body: Body;
}
