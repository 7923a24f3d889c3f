import { price } from '../cost/index.ts';
import type { Decision } from '../decision/index.ts';
import type { Message } from '../message/index.ts';

/** Nobody had to prove anything: only amounts are read. */
export const UNPROVEN: Decision = {
  kind: 'allow',
  policyId: 'none',
  proof: { principal: '', keyId: '' },
  isUnproven: true,
};

/** Read last, of requests that are allowed: what limits count by, without which they would limit nothing. */
export function addCosts(decision: Decision, message: Message, costs: string): Decision {
  if (decision.kind === 'deny') return decision;
  const told = price(message, costs);
  if (told.kind === 'told') return { ...decision, costs: told.costs };
  const { policyId, refusal, timings } = decision;
  const named = decision.isUnproven === true ? undefined : policyId;
  return { kind: 'deny', policyId: named, reason: told.reason, keyId: undefined, refusal, timings };
}
