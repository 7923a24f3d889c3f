import { type Decision, denialOf } from '../decision/index.ts';
import { writeRefusal } from '../refusal/index.ts';
import type { Answer, AnswerMetadata } from './wire/index.ts';

const PRINCIPAL = 'x-paymesh-principal';
const KEY_ID = 'x-paymesh-key-id';

/**
 * The one place where an answer is made. Envoy takes an answer without a status for an allow, also one
 * that holds a denied_response: an Answer cannot be without one.
 */
export function toAnswer(decision: Decision, requestId: string): Answer {
  switch (decision.kind) {
    case 'allow': {
      const { principal, keyId } = decision.proof;
      return {
        kind: 'ok',
        headers: [
          [PRINCIPAL, principal],
          [KEY_ID, keyId],
        ],
        removeHeaders: [],
        metadata: metadata(decision),
      };
    }
    case 'shadow_deny':
      // Nothing was proven, so what a client calls itself must not reach the service.
      return { kind: 'ok', headers: [], removeHeaders: [PRINCIPAL, KEY_ID], metadata: metadata(decision) };
    case 'deny': {
      const denial = denialOf(decision.reason);
      const { headers, body } = writeRefusal(denial, requestId, decision.refusal);
      return { kind: 'denied', status: denial.status, headers, body, metadata: metadata(decision) };
    }
  }
}

/** Text only: Envoy drops a rate-limit descriptor whose metadata value is anything else. */
function metadata(decision: Decision): AnswerMetadata {
  const proof = decision.kind === 'allow' ? decision.proof : undefined;
  const keyId = decision.kind === 'allow' ? decision.proof.keyId : decision.keyId;
  return {
    policy: decision.policyId ?? 'unknown',
    decision: decision.kind,
    reason: decision.kind === 'allow' ? 'ok' : decision.reason,
    principal: proof?.principal ?? '',
    key_id: keyId ?? '',
    scheme: decision.scheme ?? '',
    ...(decision.candidate !== undefined && {
      candidate_scheme: decision.candidate.scheme,
      candidate_reason: decision.candidate.reason,
    }),
  };
}
