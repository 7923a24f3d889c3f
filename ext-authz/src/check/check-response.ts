import { create } from '@bufbuild/protobuf';
import {
  type CheckResponse,
  CheckResponseSchema,
  Code,
  HeaderValueOption_HeaderAppendAction,
} from '@paymesh/common/envoy-auth';

import { type Decision, denialOf, type Proof } from '../decision/index.ts';

const PRINCIPAL = 'x-paymesh-principal';
const KEY_ID = 'x-paymesh-key-id';
const PEER = 'x-paymesh-peer';
const SUBJECT = 'x-paymesh-subject';

/**
 * The one place where an answer is made. Envoy takes an answer without a status for an allow, also one
 * that holds a denied_response: every branch here sets both, and the status of a denial is never 0. `isTrial`: asked
 * beside a check that counts, so no header is changed, and metadata has keys of its own.
 */
export function toCheckResponse(decision: Decision, requestId: string, isTrial = false): CheckResponse {
  const dynamicMetadata = isTrial ? onTrial(metadata(decision)) : metadata(decision);
  switch (decision.kind) {
    case 'allow':
      return create(CheckResponseSchema, {
        status: { code: Code.OK },
        httpResponse: {
          case: 'okResponse',
          value: isTrial ? {} : trustedHeaders(decision.proof),
        },
        dynamicMetadata,
      });
    case 'shadow_deny':
      return create(CheckResponseSchema, {
        status: { code: Code.OK },
        // Nothing was proven, so what a client calls itself must not reach the service.
        httpResponse: {
          case: 'okResponse',
          value: { headersToRemove: isTrial ? [] : [PRINCIPAL, KEY_ID, PEER, SUBJECT] },
        },
        dynamicMetadata,
      });
    case 'deny': {
      const denial = denialOf(decision.reason);
      return create(CheckResponseSchema, {
        status: { code: Code.PERMISSION_DENIED },
        httpResponse: {
          case: 'deniedResponse',
          value: {
            status: { code: denial.status },
            headers: [
              header('content-type', 'application/problem+json'),
              header('cache-control', 'no-store'),
            ],
            body: JSON.stringify({ type: 'about:blank', ...denial, request_id: requestId }),
          },
        },
        dynamicMetadata,
      });
    }
  }
}

/** Each of them is overwritten or removed: a client can send it too. */
function trustedHeaders({ principal, keyId, peer = '', subject = '' }: Proof) {
  const all = [
    [PRINCIPAL, principal],
    [KEY_ID, keyId],
    [PEER, peer],
    [SUBJECT, subject],
  ] as const;
  return {
    headers: all.filter(([, value]) => value !== '').map(([name, value]) => header(name, value)),
    headersToRemove: all.filter(([, value]) => value === '').map(([name]) => name),
  };
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
    ...accessMetadata(decision, proof),
  };
}

/** Envoy keeps one set of metadata for all checks of a request, in which the later would hide what counts. */
function onTrial(all: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [`trial_${key}`, value]));
}

/** Only what there is to tell: most requests have neither. */
function accessMetadata(
  { accessRule, accessTrial }: Decision,
  proof: Proof | undefined,
): Record<string, string> {
  const all = {
    peer: proof?.peer,
    subject: proof?.subject,
    access_rule: accessRule,
    access_shadow: accessTrial?.policyId,
  };
  const told: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) if (value) told[key] = value;
  return told;
}
