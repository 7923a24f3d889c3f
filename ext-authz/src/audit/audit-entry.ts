/** One decision, as whoever decided tells it to the log. Texts are masked and shortened when it is written. */
export interface AuditEntry {
  /** Id of the decision, from `decisionId`. Default: a new one. */
  readonly id?: string | undefined;
  readonly decision: 'allow' | 'deny' | 'shadow_deny';
  /** NAMESPACE/NAME; undefined when the request named no policy that is configured. */
  readonly policy: string | undefined;
  readonly scheme?: string | undefined;
  /** Exact reason, `ok` of an allow. */
  readonly reason: string;
  /** HTTP status that the client got; undefined when the request went on. */
  readonly status?: number | undefined;
  readonly principal?: string | undefined;
  /** Only of keys that are configured: other ids are text from strangers. Never masked. */
  readonly keyId?: string | undefined;
  /** Content hash of the policies in force. */
  readonly revision?: string | undefined;
  readonly route?: string | undefined;
  /** The service behind the route, `namespace/name`. */
  readonly target?: string | undefined;
  readonly requestId?: string | undefined;
  readonly method?: string | undefined;
  /** Target as received; what follows the first `?` is not written. */
  readonly path?: string | undefined;
  /** Address of the peer. */
  readonly source?: string | undefined;
  /** Microseconds by stage. */
  readonly timingsUs?: Readonly<Record<string, number>> | undefined;
  /** What a scheme in shadow would have said. */
  readonly shadow?: { readonly scheme: string; readonly reason: string } | undefined;
  /** Rule of the AccessPolicy that decided. */
  readonly accessRule?: string | undefined;
}
