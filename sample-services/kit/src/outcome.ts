import { isObject } from './parsed.ts';

/**
 * What became of a call, in the words that matter for money:
 * `answer` the service answered; `not-sent` the service has certainly not seen the request;
 * `unclear` it may or may not have acted, so only a query can tell.
 */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string };

/** Codes of the proxy's own answers that say: no byte reached the service, or it was refused before. */
const NOT_SENT_CODES: ReadonlySet<unknown> = new Set([
  'upstream_unreachable',
  'rate_limited',
  'authz_unavailable',
  'limiter_unavailable',
  'no_route',
  'policy_unavailable',
  'store_unavailable',
]);
const NOT_SENT_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const FIRST_SERVER_ERROR = 500;

/** Reads an answer. A server error is unclear unless its code says that nothing was sent. */
export function classifyAnswer(status: number, text: string): Outcome {
  const body = parseJson(text);
  const code = isObject(body) ? body['code'] : undefined;
  if (NOT_SENT_CODES.has(code)) return { kind: 'not-sent', reason: String(code) };
  if (status >= FIRST_SERVER_ERROR) return { kind: 'unclear', reason: `answered ${status}` };
  return { kind: 'answer', status, body };
}

/** Reads a failure of the connection: only one that never stood is certain not to have sent anything. */
export function classifyError(error: unknown): Outcome {
  const code = isObject(error) ? error['code'] : undefined;
  const reason = typeof code === 'string' ? code : String(error);
  return NOT_SENT_ERRORS.has(code) ? { kind: 'not-sent', reason } : { kind: 'unclear', reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no field for the caller to read; the status still counts.
    return undefined;
  }
}
