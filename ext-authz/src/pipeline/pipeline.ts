import type { Decision, DenialReason } from '../decision/index.ts';
import type { Message } from '../message/index.ts';
import type { Rule, RuleSet } from '../rules/index.ts';
import { checkFreshness } from './check-freshness.ts';
import { type ClaimNonce, createClaimNonce } from './claim-nonce.ts';
import { readCredential } from './read-credential.ts';
import { requireBody } from './require-body.ts';
import type { Evidence, Stage, StageResult } from './stage.ts';
import { verifySignature } from './verify-signature.ts';

export interface PipelineOptions {
  readonly claimNonce: ClaimNonce;
  /** Told what was thrown by a stage; the request is denied whatever it does. */
  readonly onError: (error: unknown) => void;
}

/** Decides on a message by the rules of a moment. Never rejects, and allows only on full proof. */
export type Decide = (message: Message, rules: RuleSet, nowMs: number) => Promise<Decision>;

/** The way of a request, in order; the first denial ends it and any thrown error denies. */
export function createPipeline({ claimNonce, onError }: PipelineOptions): Decide {
  const stages: readonly Stage[] = [
    requireBody, // before any cost: a cut body can never be proven
    readCredential, // form only, so that nothing below meets odd input
    checkFreshness, // cheap, and before the MAC so that old captures cost nothing
    verifySignature, // constant time, also for keys that do not exist
    createClaimNonce(claimNonce), // last: only proven requests may fill the store
  ];
  return async (message, rules, nowMs) => {
    const found = findRule(message, rules);
    if (found.kind === 'deny') return found;
    const { rule } = found;
    const result = await runStages(stages, { message, rule, nowMs }).catch((error: unknown) => {
      onError(error);
      return { kind: 'deny' as const, reason: 'internal_error' as const };
    });
    return conclude(rule, result);
  };
}

type FoundRule = { readonly kind: 'rule'; readonly rule: Rule } | Extract<Decision, { kind: 'deny' }>;

function findRule({ policyId }: Message, rules: RuleSet): FoundRule {
  if (policyId === undefined) return findOnlyRule(rules);
  const rule = rules.get(policyId);
  // The text of an unknown id is not kept: it would become a label.
  if (rule === undefined) return denied(undefined, 'unknown_policy');
  // The control plane calls for no policy that is off: whoever does is set up wrongly.
  if (rule.mode === 'Off') return denied(rule.policyId, 'policy_off');
  return { kind: 'rule', rule };
}

/** A proxy that names no policy means the only one there is; with several, or one that would let pass, it is denied. */
function findOnlyRule(rules: RuleSet): FoundRule {
  const [rule, ...others] = [...rules.values()].filter(({ mode }) => mode !== 'Off');
  if (rule?.mode === 'Enforce' && others.length === 0) return { kind: 'rule', rule };
  return denied(undefined, 'missing_policy');
}

async function runStages(stages: readonly Stage[], start: Evidence): Promise<StageResult> {
  let evidence = start;
  for (const stage of stages) {
    const result = await stage(evidence);
    if (result.kind === 'deny') return result;
    evidence = result.evidence;
  }
  return { kind: 'pass', evidence };
}

function conclude(rule: Rule, result: StageResult): Decision {
  const { policyId } = rule;
  if (result.kind === 'pass') {
    const { signer, isNonceClaimed } = result.evidence;
    // Not "no stage said no": both proofs must be there.
    if (signer !== undefined && isNonceClaimed === true) {
      return { kind: 'allow', policyId, proof: { principal: signer.owner, keyId: signer.id } };
    }
    return denied(policyId, 'internal_error');
  }
  if (rule.mode === 'Shadow')
    return { kind: 'shadow_deny', policyId, reason: result.reason, keyId: result.keyId };
  return denied(policyId, result.reason, result.keyId);
}

function denied(policyId: string | undefined, reason: DenialReason, keyId?: string) {
  return { kind: 'deny' as const, policyId, reason, keyId };
}
