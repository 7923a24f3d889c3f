import { Code } from '@paymesh/common/envoy-ratelimit';
import type { CallStatus, UnaryServerOptions } from '@paymesh/common/grpc';
import type { Logger } from '@paymesh/common/log';

import type { Decision, Limiter } from '../limiter/index.ts';
import type { HeaderStyle } from '../match/index.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeResponse } from './encode-response.ts';

export interface RlsServiceOptions {
  readonly limiter: Limiter;
  readonly log: Logger;
  /** Told how long each call took. */
  readonly onCall: (seconds: number) => void;
  /** Headers that tell of limits, for rules that do not say which. Default none. */
  readonly headers?: HeaderStyle | undefined;
}

/** The bytes of an answer, or the status of a call that failed. */
type Reply = Uint8Array | CallStatus;

const PATH = '/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit';
const MS_PER_SECOND = 1_000;
const MALFORMED: CallStatus = { code: Code.INVALID_ARGUMENT, details: 'these bytes are no RateLimitRequest' };
const BROKEN: CallStatus = { code: Code.INTERNAL, details: 'internal error' };

/** envoy.service.ratelimit.v3.RateLimitService, ready for a server of unary calls. It waits only where the limiter does. */
export function createRlsService({
  limiter,
  log,
  onCall,
  headers,
}: RlsServiceOptions): UnaryServerOptions['services'] {
  const fail = (error: unknown): Reply => {
    log.error({ err: error }, 'a rate limit call failed');
    return BROKEN;
  };
  const timed = (startedMs: number, reply: Reply): Reply => {
    onCall((performance.now() - startedMs) / MS_PER_SECOND);
    return reply;
  };
  const answer = (bytes: Buffer): Reply | Promise<Reply> => {
    const startedMs = performance.now();
    const request = decodeRequest(bytes);
    if (request === undefined) return timed(startedMs, MALFORMED);
    try {
      const decided = limiter.decide(request);
      if (!(decided instanceof Promise)) return timed(startedMs, replyTo(decided, headers));
      return decided.then((late) => timed(startedMs, replyTo(late, headers))).catch(fail);
    } catch (error) {
      return fail(error);
    }
  };
  return { [PATH]: answer };
}

/** Only an error of the call makes Envoy apply its failure mode; an answer never does. */
function replyTo(decision: Decision, headers: HeaderStyle | undefined): Reply {
  switch (decision.kind) {
    case 'decided':
      return encodeResponse(decision, headers);
    case 'invalid':
      return { code: Code.INVALID_ARGUMENT, details: decision.message };
    case 'unavailable':
      return { code: Code.UNAVAILABLE, details: decision.message };
  }
}
