import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { Secret } from '../secret/index.ts';

export interface GuardedCall {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether the server listens on loopback. */
  readonly isOnLoopback: boolean;
  /** What callers must bear; undefined: nothing, which only loopback allows. */
  readonly token: Secret | undefined;
}

/** Why a call is refused. */
export interface Refusal {
  readonly status: 401 | 403 | 415;
  readonly error: string;
}

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

/**
 * Judges a call of a route that writes, or shows what clients sent. Without a token the server must be on loopback, and a page
 * in a browser of this machine stays out: it cannot send JSON to another origin unasked, and a name that it
 * points at loopback (DNS rebinding) is in the Host header.
 */
export function refusalOf({ method, headers, isOnLoopback, token }: GuardedCall): Refusal | undefined {
  if (token !== undefined && !bears(headers.authorization, token)) {
    return { status: 401, error: 'expected "authorization: Bearer TOKEN" with the token of the admin port' };
  }
  if (token === undefined && !isOnLoopback) {
    return { status: 403, error: 'beyond loopback this path needs a token: start the service with one' };
  }
  if (token === undefined && !LOOPBACK_NAME.test(headers.host ?? '')) {
    return { status: 403, error: 'the Host header must name loopback, such as 127.0.0.1' };
  }
  if (method !== 'GET' && !/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '')) {
    return { status: 415, error: 'expected "content-type: application/json"' };
  }
  return undefined;
}

/** True for 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAME.test(host.includes(':') ? `[${host}]` : host);
}

/** Takes as long for a wrong token as for the right one. */
function bears(authorization: string | undefined, token: Secret): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token.reveal(), 'buffer'));
}
