import { type Access, accessRequest, type Ruling } from '../access/index.ts';
import type { Decision, DenialReason, Proof, StageTiming } from '../decision/index.ts';
import { type Caller, createCallerReader, type VerifiedToken } from '../identity/index.ts';
import type { Message } from '../message/index.ts';

/** The AccessPolicy of an id. */
export type FindAccess = (id: string) => Access | undefined;

export interface AccessStageOptions {
  readonly findAccess: FindAccess | undefined;
  readonly onError: (error: unknown) => void;
}

/** Judges the signature, if one is wanted, once the caller is known. */
type Sign = () => Decision | Promise<Decision>;

/** Most policies of one request; a route has those of its own and of its service. */
const MAX_POLICIES = 16;
const MICROS_PER_MS = 1_000;
/** What can be the value of a header. */
const PRINTABLE = /^[\x20-\x7e]{1,512}$/;

/** One policy with what its token check said. */
interface Identified {
  readonly policy: Access;
  readonly token: VerifiedToken;
}

/**
 * Identity, then the signature, then the rules: a caller that is nobody costs no proof, and rules know who signed.
 * Never rejects. A request is allowed only when every policy that it names was found and said yes.
 */
export function createAccessStage({ findAccess, onError }: AccessStageOptions) {
  const readCaller = createCallerReader();

  async function judge(message: Message, nowMs: number, sign: Sign | undefined): Promise<Decision> {
    const policies = findPolicies(message.accessIds, findAccess);
    if (!Array.isArray(policies)) return policies;
    const clock = stopwatch();
    const caller = readCaller(message.peer);
    const identified = await Promise.all(policies.map((policy) => identify(policy, message, caller, nowMs)));
    const stranger = identified.find(
      ({ policy, token }) => policy.mode !== 'Shadow' && token.kind === 'refused',
    );
    const identity = clock('identity');
    if (stranger !== undefined)
      return { ...denied(stranger.policy, reasonOf(stranger)), timings: [identity] };
    const signed = await sign?.();
    const before = [identity, ...(signed?.timings ?? [])];
    if (signed?.kind === 'deny') return { ...signed, timings: before };
    const started = stopwatch();
    const signer =
      signed?.kind === 'allow' ? { id: signed.proof.keyId, owner: signed.proof.principal } : undefined;
    const request = accessRequest(message, caller, signer, nowMs);
    const rulings = identified.map((one) => ({ policy: one.policy, ruling: rule(one, request) }));
    const decision = conclude(rulings, signed, proofOf(identified, caller, signed));
    return { ...decision, timings: [...before, started('access')] };
  }

  return (message: Message, nowMs: number, sign: Sign | undefined): Promise<Decision> =>
    judge(message, nowMs, sign).catch((error: unknown) => {
      onError(error);
      return { kind: 'deny', policyId: undefined, reason: 'internal_error', keyId: undefined };
    });
}

function findPolicies(ids: readonly string[], find: FindAccess | undefined): Access[] | Decision {
  if (ids.length > MAX_POLICIES) return unknown('malformed_check');
  const policies: Access[] = [];
  for (const id of ids) {
    const policy = find?.(id);
    // The text of an unknown id is not kept: it would become a label.
    if (policy === undefined) return unknown('unknown_policy');
    if (policy.mode === 'Off') return denied(policy, 'policy_off');
    policies.push(policy);
  }
  return policies;
}

async function identify(
  policy: Access,
  message: Message,
  caller: Caller,
  nowMs: number,
): Promise<Identified> {
  if (policy.needsPeer && caller.names.length === 0)
    return { policy, token: { kind: 'refused', reason: 'missing_identity' } };
  const token = await (policy.verifyToken?.(message, caller, nowMs) ?? { kind: 'none' as const });
  return { policy, token };
}

function reasonOf({ token }: Identified): DenialReason {
  return token.kind === 'refused' ? token.reason : 'internal_error';
}

interface Ruled {
  readonly policy: Access;
  readonly ruling:
    | Exclude<Ruling, { kind: 'deny' }>
    | { readonly kind: 'deny'; readonly reason: DenialReason; readonly rule: string | undefined };
}

function rule({ policy, token }: Identified, request: ReturnType<typeof accessRequest>): Ruled['ruling'] {
  if (token.kind === 'refused') return { kind: 'deny', reason: token.reason, rule: undefined };
  const claims = token.kind === 'verified' ? token.claims : {};
  return policy.judge({ ...request, claims });
}

/** An enforced no ends it; one in shadow is told; and without a signature somebody must have said yes. */
function conclude(rulings: readonly Ruled[], signed: Decision | undefined, proof: Proof): Decision {
  const refused = rulings.filter(({ ruling }) => ruling.kind === 'deny');
  const enforced = refused.find(({ policy }) => policy.mode !== 'Shadow');
  if (enforced !== undefined) {
    const { policy, ruling } = enforced;
    return { ...denied(policy, denialReason(ruling), proof.keyId), accessRule: nameOf(policy, ruling) };
  }
  const [trial] = refused;
  const accessTrial = trial && { policyId: trial.policy.policyId, reason: denialReason(trial.ruling) };
  const [deciding] = rulings.filter(({ ruling }) => ruling.kind === 'allow');
  const circumstances = {
    ...(deciding === undefined ? {} : { accessRule: nameOf(deciding.policy, deciding.ruling) }),
    ...(accessTrial === undefined ? {} : { accessTrial }),
  };
  if (signed?.kind === 'allow') return { ...signed, ...circumstances, proof };
  if (signed !== undefined) return { ...signed, ...circumstances };
  if (deciding !== undefined)
    return { kind: 'allow', policyId: deciding.policy.policyId, proof, ...circumstances };
  if (accessTrial !== undefined)
    return { kind: 'shadow_deny', keyId: undefined, ...accessTrial, ...circumstances };
  return unknown('internal_error');
}

function proofOf(
  identified: readonly Identified[],
  { principal: peer }: Caller,
  signed: Decision | undefined,
): Proof {
  const subjects = identified.map(({ token }) => (token.kind === 'verified' ? token.subject : ''));
  const subject = subjects.find((text) => text !== '') ?? '';
  const name = PRINTABLE.test(peer) ? peer : '';
  const signature = signed?.kind === 'allow' ? signed.proof : undefined;
  return {
    principal: signature?.principal ?? (subject === '' ? name : subject),
    keyId: signature?.keyId ?? '',
    peer: name,
    subject,
  };
}

function denialReason(ruling: Ruled['ruling']): DenialReason {
  return ruling.kind === 'deny' ? ruling.reason : 'internal_error';
}

function nameOf({ policyId }: Access, { rule: name }: Ruled['ruling']): string {
  return name === undefined ? policyId : `${policyId}/${name}`;
}

function denied(
  { policyId }: Access,
  reason: DenialReason,
  keyId = '',
): Extract<Decision, { kind: 'deny' | 'shadow_deny' }> {
  return { kind: 'deny', policyId, reason, keyId: keyId === '' ? undefined : keyId };
}

function unknown(reason: DenialReason): Decision {
  return { kind: 'deny', policyId: undefined, reason, keyId: undefined };
}

function stopwatch(): (stage: string) => StageTiming {
  const startedMs = performance.now();
  return (stage) => ({ stage, micros: Math.round((performance.now() - startedMs) * MICROS_PER_MS) });
}
