import { fromJsonString, toJsonString } from '@bufbuild/protobuf';
import {
  type RateLimitRequest,
  RateLimitRequestSchema,
  RateLimitResponseSchema,
} from '@paymesh/common/envoy-ratelimit';

import type { Decision, Limiter } from '../limiter/index.ts';
import type { HeaderStyle } from '../match/index.ts';
import { readRequest } from './request.ts';
import { buildResponse } from './response.ts';

/** An answer to a call by HTTP. */
export interface JsonAnswer {
  /** 200 OK, 429 over limit, 400 a request that makes no sense, 503 no answer can be given. */
  readonly status: number;
  /** A RateLimitResponse in protobuf JSON, or for 400 and 503 a sentence. */
  readonly body: string;
}

/** Answers a RateLimitRequest in protobuf JSON, as `POST /json` of envoyproxy/ratelimit does; its 400 for a store that is down is 503. */
export function createJsonAnswer(
  limiter: Limiter,
  headers: HeaderStyle | undefined,
): (text: string) => Promise<JsonAnswer> {
  return async (text) => {
    const request = parse(text);
    if (typeof request === 'string') return { status: 400, body: request };
    return answerOf(await limiter.decide(readRequest(request)), headers);
  };
}

/** A sentence for a text that is no message. */
function parse(text: string): RateLimitRequest | string {
  try {
    return fromJsonString(RateLimitRequestSchema, text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function answerOf(decision: Decision, headers: HeaderStyle | undefined): JsonAnswer {
  switch (decision.kind) {
    case 'decided':
      return {
        status: decision.isOver ? 429 : 200,
        body: toJsonString(RateLimitResponseSchema, buildResponse(decision, headers)),
      };
    case 'invalid':
      return { status: 400, body: decision.message };
    case 'unavailable':
      return { status: 503, body: decision.message };
  }
}
