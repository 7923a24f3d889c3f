import type { Circumstances, Decision, DenialReason, Verdict } from '../decision/index.ts';
import type { Message } from '../message/index.ts';
import type { Rule, RuleSet } from '../rules/index.ts';
import { createAccessStage, type FindAccess } from './access-stage.ts';
import { addCosts, UNPROVEN } from './add-costs.ts';
import { checkCoverage } from './check-coverage.ts';
import { checkFreshness } from './check-freshness.ts';
import { type ClaimNonce, createClaimNonce } from './claim-nonce.ts';
import { proveSignature } from './prove-signature.ts';
import { readSignature } from './read-signature.ts';
import { requireBody } from './require-body.ts';
import { type NamedStage, runStages, type StagesRun } from './run-stages.ts';
import { type Evidence, noEvidence } from './stage.ts';

export interface PipelineOptions {
  readonly claimNonce: ClaimNonce;
  /** The AccessPolicy of an id, now. Default: there is none, and who names one is denied. */
  readonly findAccess?: FindAccess;
  /** Told what was thrown by a stage; the request is denied whatever it does. */
  readonly onError: (error: unknown) => void;
}

/** Decides on a message by the rules of a moment. Never rejects, and allows only on full proof. */
export type Decide = (message: Message, rules: RuleSet, nowMs: number) => Decision | Promise<Decision>;

/** The way of a request, in order; the first denial ends it and any thrown error denies. */
export function createPipeline({ claimNonce, findAccess, onError }: PipelineOptions): Decide {
  const stages: readonly NamedStage[] = [
    { name: 'body', stage: requireBody }, // before any cost: a cut body can never be proven
    { name: 'read', stage: readSignature }, // form only, so that nothing below meets odd input
    { name: 'freshness', stage: checkFreshness }, // before the crypto, so that old captures cost nothing
    { name: 'signature', stage: proveSignature }, // alike in time for keys that do not exist
    { name: 'coverage', stage: checkCoverage }, // only a proven signature is told that it covers too little
    { name: 'replay', stage: createClaimNonce(claimNonce) }, // only proven requests may fill the store
  ];
  const judge = (evidence: Evidence) => runStages(stages, evidence);
  const report = ({ result }: StagesRun) => {
    if (result.kind === 'broken') onError(result.error);
  };
  const judgeSignature = (rule: Rule, message: Message, nowMs: number) => {
    const { verify, candidate } = rule;
    const run = judge(noEvidence({ message, rule, verify, nowMs }));
    const trial = candidate && judge(noEvidence({ message, rule, verify: candidate, nowMs }));
    if (!(run instanceof Promise) && !(trial instanceof Promise)) {
      return conclude(rule, run, trial, report);
    }
    return Promise.all([run, trial]).then(([done, tried]) => conclude(rule, done, tried, report));
  };
  const judgeAccess = createAccessStage({ findAccess, onError });
  return (message, rules, nowMs) => {
    const found = findRule(message, rules);
    if (found.kind === 'deny') return found;
    const decided = prove(message, found, nowMs);
    const { costs } = message;
    if (costs === undefined) return decided;
    return decided instanceof Promise
      ? decided.then((late) => addCosts(late, message, costs))
      : addCosts(decided, message, costs);
  };

  function prove(
    message: Message,
    found: Exclude<FoundRule, Verdict>,
    nowMs: number,
  ): Decision | Promise<Decision> {
    const sign = found.kind === 'rule' ? () => judgeSignature(found.rule, message, nowMs) : undefined;
    // Access is judged around the signature: identity before it, the rules after it.
    if (message.accessIds.length > 0) return judgeAccess(message, nowMs, sign);
    return sign?.() ?? (message.costs === undefined ? denied(undefined, 'missing_policy') : UNPROVEN);
  }
}

type FoundRule =
  | { readonly kind: 'rule'; readonly rule: Rule }
  /** The proxy wants access judged, or an amount read, and no signature. */
  | { readonly kind: 'unsigned' }
  | Extract<Verdict, { kind: 'deny' }>;

function findRule({ policyId, accessIds, costs }: Message, rules: RuleSet): FoundRule {
  const isOtherwise = accessIds.length > 0 || costs !== undefined;
  if (policyId === undefined) return isOtherwise ? { kind: 'unsigned' } : findOnlyRule(rules);
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

function conclude(
  rule: Rule,
  run: StagesRun,
  trial: StagesRun | undefined,
  report: (run: StagesRun) => void,
): Decision {
  report(run);
  if (trial !== undefined) report(trial);
  return verdict(rule, run, {
    scheme: rule.verify.profile.scheme,
    refusal: rule.refusal,
    timings: run.timings,
    candidate: trial && candidateOf(rule, trial),
  });
}

function candidateOf({ candidate }: Rule, trial: StagesRun): Circumstances['candidate'] {
  return candidate && { scheme: candidate.profile.scheme, reason: reasonOf(trial) };
}

function verdict(rule: Rule, { result, evidence }: StagesRun, circumstances: Circumstances): Decision {
  const { policyId } = rule;
  if (result.kind === 'passed') {
    const { signer, isUnseen } = evidence;
    // Not "no stage said no": both proofs must be there.
    if (signer === undefined || !isUnseen) return { ...denied(policyId, 'internal_error'), ...circumstances };
    const { scheme, refusal, timings, candidate } = circumstances;
    const proof = { principal: signer.owner, keyId: signer.id };
    return { kind: 'allow', policyId, proof, scheme, refusal, timings, candidate };
  }
  const reason = result.kind === 'broken' ? 'internal_error' : result.reason;
  const keyId = result.kind === 'broken' ? undefined : result.keyId;
  if (rule.mode === 'Shadow') return { kind: 'shadow_deny', policyId, reason, keyId, ...circumstances };
  return { ...denied(policyId, reason, keyId), ...circumstances };
}

function reasonOf({ result }: StagesRun): DenialReason | 'ok' {
  if (result.kind === 'broken') return 'internal_error';
  return result.kind === 'passed' ? 'ok' : result.reason;
}

function denied(policyId: string | undefined, reason: DenialReason, keyId?: string) {
  return { kind: 'deny' as const, policyId, reason, keyId };
}
