import type { Denial } from '../decision/index.ts';
import type { Refusal } from './refusal.ts';

const NO_STORE = ['cache-control', 'no-store'] as const;

/** RFC 9457, with a stable code and the request id. Hints say how to sign; they are the policy's words, not the request's. */
export function problem(denial: Denial, requestId: string, acceptSignature?: string): Refusal {
  return {
    headers: [['content-type', 'application/problem+json'], NO_STORE, ...hints(denial, acceptSignature)],
    body: JSON.stringify({ type: 'about:blank', ...denial, request_id: requestId }),
  };
}

function hints({ code }: Denial, acceptSignature: string | undefined): Refusal['headers'] {
  if (acceptSignature === undefined) return [];
  // RFC 9421 section 5.1, RFC 9530 section 4.
  if (code === 'missing_signature' || code === 'insufficient_coverage')
    return [['accept-signature', acceptSignature]];
  if (code === 'bad_digest') return [['want-content-digest', 'sha-256=10, sha-512=5']];
  return [];
}
