import type { AuditEntry } from './audit/index.ts';
import { type Decision, denialOf, type StageTiming } from './decision/index.ts';
import type { Message } from './message/index.ts';

/** What the decision log says of a decision. A check of no HTTP request has no message. */
export function toAuditEntry(
  decision: Decision,
  message: Message | undefined,
  { revision, target }: Pick<AuditEntry, 'target'> & { readonly revision: string },
): AuditEntry {
  return {
    decision: decision.kind,
    policy: decision.policyId,
    ...(decision.kind === 'allow'
      ? { reason: 'ok', principal: decision.proof.principal, keyId: decision.proof.keyId }
      : { reason: decision.reason, keyId: decision.keyId }),
    scheme: decision.scheme,
    shadow: decision.candidate,
    accessRule: decision.accessRule,
    timingsUs: decision.timings && timingsOf(decision.timings),
    status: decision.kind === 'deny' ? denialOf(decision.reason).status : undefined,
    route: message?.routeId,
    requestId: message?.requestId,
    method: message?.method,
    path: message?.target,
    source: message?.peer.address,
    target,
    revision,
  };
}

function timingsOf(timings: readonly StageTiming[]): Record<string, number> {
  return Object.fromEntries(timings.map(({ stage, micros }) => [stage, micros]));
}
