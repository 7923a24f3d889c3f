import { type Decision, denialOf, type Proof } from '../decision/index.ts';
import { writeRefusal } from '../refusal/index.ts';
import type { Answer, AnswerMetadata } from './wire/index.ts';

const PRINCIPAL = 'x-paymesh-principal';
const KEY_ID = 'x-paymesh-key-id';
const PEER = 'x-paymesh-peer';
const SUBJECT = 'x-paymesh-subject';
const TRUSTED: readonly string[] = [PRINCIPAL, KEY_ID, PEER, SUBJECT];

export interface AnswerOptions {
  /** Asked beside a check that counts, so no header is changed, and metadata has keys of its own. Default false. */
  readonly isTrial?: boolean;
  /** Of the policies in force, for access logs. Default: not told. */
  readonly revision?: string;
}

/**
 * The one place where an answer is made. Envoy takes an answer without a status for an allow, also one
 * that holds a denied_response: an Answer cannot be without one.
 */
export function toAnswer(
  decision: Decision,
  requestId: string,
  { isTrial = false, revision = '' }: AnswerOptions = {},
): Answer {
  const made = answerOf(decision, requestId, isTrial);
  const answer = revision === '' ? made : { ...made, metadata: { ...made.metadata, revision } };
  if (!isTrial) return answer;
  const costs = decision.kind === 'deny' ? {} : decision.costs;
  const onTrial = { ...answer, metadata: { ...onTrialKeys(answer.metadata), ...costs } };
  return onTrial.kind === 'ok' ? { ...onTrial, headers: [], removeHeaders: [] } : onTrial;
}

function answerOf(decision: Decision, requestId: string, isTrial: boolean): Answer {
  switch (decision.kind) {
    case 'allow':
      return { kind: 'ok', ...headersOf(decision), metadata: metadata(decision, isTrial) };
    case 'shadow_deny':
      // Nothing was proven, so what a client calls itself must not reach the service.
      return { kind: 'ok', headers: [], removeHeaders: TRUSTED, metadata: metadata(decision, isTrial) };
    case 'deny': {
      const denial = denialOf(decision.reason);
      const { headers, body } = writeRefusal(denial, requestId, decision.refusal);
      return { kind: 'denied', status: denial.status, headers, body, metadata: metadata(decision, isTrial) };
    }
  }
}

/** Where nothing was to be proven, whoever asked before has said who calls. */
function headersOf({ proof, isUnproven }: Extract<Decision, { kind: 'allow' }>) {
  return isUnproven === true ? { headers: [], removeHeaders: [] } : trustedHeaders(proof);
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
    headers: all.filter(([, value]) => value !== ''),
    removeHeaders: all.filter(([, value]) => value === '').map(([name]) => name),
  };
}

/** Envoy keeps one set of metadata for all checks of a request, in which the later would hide what counts. */
function onTrialKeys(all: AnswerMetadata): AnswerMetadata {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [`trial_${key}`, value]));
}

/** Text only: Envoy drops a rate-limit descriptor whose metadata value is anything else. */
function metadata(decision: Decision, isTrial: boolean): AnswerMetadata {
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
    ...accessMetadata(decision, proof),
    ...(isTrial ? {} : decision.costs),
  };
}

/** Only what there is to tell: most requests have neither. */
function accessMetadata({ accessRule, accessTrial }: Decision, proof: Proof | undefined): AnswerMetadata {
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
