import { create } from '@bufbuild/protobuf';
import {
  type CheckResponse,
  CheckResponseSchema,
  Code,
  HeaderValueOption_HeaderAppendAction,
} from '@paymesh/common/envoy-auth';

import { type Decision, denialOf } from '../decision/index.ts';
import { writeRefusal } from '../refusal/index.ts';

const PRINCIPAL = 'x-paymesh-principal';
const KEY_ID = 'x-paymesh-key-id';

/**
 * The one place where an answer is made. Envoy takes an answer without a status for an allow, also one
 * that holds a denied_response: every branch here sets both, and the status of a denial is never 0.
 */
export function toCheckResponse(decision: Decision, requestId: string): CheckResponse {
  const dynamicMetadata = metadata(decision);
  switch (decision.kind) {
    case 'allow':
      return create(CheckResponseSchema, {
        status: { code: Code.OK },
        httpResponse: {
          case: 'okResponse',
          value: {
            headers: [header(PRINCIPAL, decision.proof.principal), header(KEY_ID, decision.proof.keyId)],
          },
        },
        dynamicMetadata,
      });
    case 'shadow_deny':
      return create(CheckResponseSchema, {
        status: { code: Code.OK },
        // Nothing was proven, so what a client calls itself must not reach the service.
        httpResponse: { case: 'okResponse', value: { headersToRemove: [PRINCIPAL, KEY_ID] } },
        dynamicMetadata,
      });
    case 'deny': {
      const denial = denialOf(decision.reason);
      const { headers, body } = writeRefusal(denial, requestId, decision.refusal);
      return create(CheckResponseSchema, {
        status: { code: Code.PERMISSION_DENIED },
        httpResponse: {
          case: 'deniedResponse',
          value: {
            status: { code: denial.status },
            headers: headers.map(([name, value]) => header(name, value)),
            body,
          },
        },
        dynamicMetadata,
      });
    }
  }
}

/** `value`, since Envoy makes `raw_value` an empty header here; overwrite, since clients can send these too. */
function header(key: string, value: string) {
  return {
    header: { key, value },
    appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
  };
}

/** Text only: Envoy drops a rate-limit descriptor whose metadata value is anything else. */
function metadata(decision: Decision): Record<string, string> {
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
