import { Authorization, type CheckRequest, type CheckResponse } from '@paymesh/common/envoy-auth';
import { serviceDefinition } from '@paymesh/common/grpc';

import type { Decision } from '../decision/index.ts';
import type { Message } from '../message/index.ts';
import { toCheckResponse } from './check-response.ts';
import { readCheckRequest } from './read-check-request.ts';

export interface CheckServiceOptions {
  /** Decides on a message; a rejection denies. */
  readonly decide: (message: Message) => Decision | Promise<Decision>;
  /** Told of each decision once it is made. A check of no HTTP request has no message. */
  readonly onDecision: (decision: Decision, message: Message | undefined, startedMs: number) => void;
  readonly onError: (error: unknown) => void;
}

/** Answers one check. Never rejects. */
export type Check = (request: CheckRequest) => Promise<CheckResponse>;

/** From CheckRequest to CheckResponse: read, decide, tell, answer. */
export function createCheck({ decide, onDecision, onError }: CheckServiceOptions): Check {
  return async (request) => {
    const startedMs = performance.now();
    try {
      const message = readCheckRequest(request);
      const decision = message === undefined ? refuse('malformed_check') : await decide(message);
      onDecision(decision, message, startedMs);
      return toCheckResponse(decision, message?.requestId ?? 'unknown', message?.isTrial);
    } catch (error) {
      onError(error);
      return toCheckResponse(refuse('internal_error'), 'unknown');
    }
  };
}

/** The check as a grpc-js service. */
export function checkService(check: Check) {
  return {
    definition: serviceDefinition(Authorization),
    implementation: {
      check: async (
        call: { readonly request: CheckRequest },
        callback: (error: null, response: CheckResponse) => void,
      ): Promise<void> => {
        const denied = () => toCheckResponse(refuse('internal_error'), 'unknown');
        callback(null, await check(call.request).catch(denied));
      },
    },
  };
}

function refuse(reason: 'malformed_check' | 'internal_error'): Decision {
  return { kind: 'deny', policyId: undefined, reason, keyId: undefined };
}
