/** Headers that carry meaning between proxies of the mesh. Clients cannot send them: the gateway removes them. */
export const HEADER = {
  principal: 'x-paymesh-principal',
  keyId: 'x-paymesh-key-id',
  /** Name of the caller's certificate. */
  peer: 'x-paymesh-peer',
  /** Subject of the caller's token. */
  subject: 'x-paymesh-subject',
  /** Number of the try, written by Envoy; form M of the failover reads it. */
  attemptCount: 'x-envoy-attempt-count',
  /**
   * On a response: the proxy that answered had not given the request to its program. A caller may then
   * repeat even a write; without it a program that is gone behind a living sidecar is an ordinary 503.
   */
  notSent: 'x-paymesh-not-sent',
  /** On a request: its route may repeat what was already sent, so one "not sent" says nothing of earlier tries. */
  resend: 'x-paymesh-resend',
  /** On a request, followed by a number: a limit of its route that the proxy keeps. Never between proxies. */
  quota: 'x-paymesh-quota',
} as const;

/** Conditions under which no upstream application has seen the request (envoy-resilience 1). */
export const SAFE_RETRY_ON: readonly string[] = ['connect-failure', 'refused-stream', 'reset-before-request'];
