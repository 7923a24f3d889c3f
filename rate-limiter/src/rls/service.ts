import {
  Code,
  type RateLimitRequest,
  type RateLimitResponse,
  RateLimitService,
} from '@paymesh/common/envoy-ratelimit';
import { type GrpcServerOptions, serviceDefinition } from '@paymesh/common/grpc';
import type { Logger } from '@paymesh/common/log';

import type { Decision, Limiter } from '../limiter/index.ts';
import { readRequest } from './request.ts';
import { buildResponse } from './response.ts';

export interface RlsServiceOptions {
  readonly limiter: Limiter;
  readonly log: Logger;
  /** Told how long each call took. */
  readonly onCall: (seconds: number) => void;
}

type GrpcService = GrpcServerOptions['services'][number];
type Call = { readonly request: RateLimitRequest };
type Callback = (error: { code: number; details: string } | null, response?: RateLimitResponse) => void;

/** envoy.service.ratelimit.v3.RateLimitService, ready for a gRPC server. */
export function createRlsService(options: RlsServiceOptions): GrpcService {
  return {
    definition: serviceDefinition(RateLimitService),
    implementation: {
      shouldRateLimit: (call: Call, callback: Callback) => {
        void answer(options, call.request, callback);
      },
    },
  };
}

async function answer(
  { limiter, log, onCall }: RlsServiceOptions,
  request: RateLimitRequest,
  callback: Callback,
) {
  const startedMs = performance.now();
  try {
    reply(await limiter.decide(readRequest(request)), callback);
  } catch (error) {
    log.error({ err: error }, 'a rate limit call failed');
    callback({ code: Code.INTERNAL, details: 'internal error' });
  } finally {
    onCall((performance.now() - startedMs) / 1_000);
  }
}

/** Only an error of the call makes Envoy apply its failure mode; an answer never does. */
function reply(decision: Decision, callback: Callback): void {
  switch (decision.kind) {
    case 'decided':
      callback(null, buildResponse(decision));
      break;
    case 'invalid':
      callback({ code: Code.INVALID_ARGUMENT, details: decision.message });
      break;
    case 'unavailable':
      callback({ code: Code.UNAVAILABLE, details: decision.message });
      break;
  }
}
