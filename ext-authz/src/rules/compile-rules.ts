import {
  type DocumentOf,
  type Finding,
  type PolicyDocument,
  policyId,
  type ServiceRef,
  type VerifySpec,
} from '@paymesh/common/policy';
import type { RefusalStyle } from '../decision/index.ts';
import type { KeyRing } from '../keys/index.ts';
import { isProvider } from '../refusal/index.ts';
import { acceptSignature } from '../signature/index.ts';
import { compileVerify } from './profile-of.ts';
import type { Rule, RuleSet, Verification } from './rule.ts';

export interface CompileInput {
  readonly documents: readonly PolicyDocument[];
  /** Key rings by `namespace/name` of their KeySet. */
  readonly rings: ReadonlyMap<string, KeyRing>;
  /** Whether a Redis was named at start. */
  readonly hasRedis: boolean;
}

export interface Compiled {
  readonly rules: RuleSet;
  readonly findings: readonly Finding[];
}

type Document = DocumentOf<'SigningPolicy'>;

/** Documents and loaded keys to rules. Pure; reports everything that is wrong. */
export function compileRules({ documents, rings, hasRedis }: CompileInput): Compiled {
  const findings: Finding[] = [];
  const rules = new Map<string, Rule>();
  for (const document of documents) {
    if (document.kind !== 'SigningPolicy') continue;
    const rule = compileRule(document, rings, findings);
    if (document.spec.replay.nonceStore === 'redis' && !hasRedis) {
      const expected = 'embedded, or that ext-authz is started with --redis URL';
      findings.push(
        finding(document, 'spec.replay.nonceStore', 'PM6003', expected, 'redis, and no URL was given'),
      );
    } else if (rule !== undefined) rules.set(rule.policyId, rule);
  }
  return { rules: remembering(rules), findings };
}

/** No secret or public key has it. */
const ANY_SCOPE = '*';

/**
 * A request is accepted at `timestamp - skew` at the earliest and `timestamp + window` at the latest; the
 * second skew is for replicas whose clocks differ. What one policy forgets too soon could be replayed at
 * another that knows one of its secrets and has a longer window, so all of them remember as long as the longest.
 * Which keys a ring that is fetched will have cannot be known, so while there is one, all policies share one scope.
 */
function remembering(rules: ReadonlyMap<string, Rule>): RuleSet {
  const longest = new Map<string, number>();
  const isFetching = [...rules.values()].flatMap(ringsOf).some(({ lookUp }) => lookUp !== undefined);
  const sharing = (rule: Rule) => (isFetching ? [ANY_SCOPE] : scopesOf(rule));
  for (const rule of rules.values()) {
    for (const scope of sharing(rule)) longest.set(scope, Math.max(longest.get(scope) ?? 0, rule.rememberMs));
  }
  return new Map(
    [...rules].map(([id, rule]) => {
      const times = sharing(rule).map((scope) => longest.get(scope) ?? 0);
      return [id, { ...rule, rememberMs: times.reduce((a, b) => Math.max(a, b), rule.rememberMs) }];
    }),
  );
}

function scopesOf(rule: Rule): readonly string[] {
  return ringsOf(rule).flatMap((keys) => [...keys.values()].map(({ nonceScope }) => nonceScope));
}

function ringsOf({ verify, candidate }: Rule): readonly KeyRing[] {
  return [verify.keys, ...(candidate === undefined ? [] : [candidate.keys])];
}

/** Ids of the KeySets that the signing policies use. */
export function usedKeySets(documents: readonly PolicyDocument[]): ReadonlySet<string> {
  const policies = documents.filter((document) => document.kind === 'SigningPolicy');
  const specs = policies.flatMap(({ spec }) => [spec.verify, ...(spec.candidate ? [spec.candidate] : [])]);
  return new Set(specs.map(({ keys }) => refId(keys.keySet)));
}

function compileRule(
  document: Document,
  rings: CompileInput['rings'],
  findings: Finding[],
): Rule | undefined {
  const { spec } = document;
  const { windowMs, skewMs, nonceStore, onStoreDown } = spec.replay;
  const verify = verification(document, 'verify', rings, findings);
  const candidate = spec.candidate && verification(document, 'candidate', rings, findings);
  if (verify === undefined || (spec.candidate !== undefined && candidate === undefined)) return undefined;
  return {
    policyId: policyId(document),
    mode: spec.mode,
    verify,
    candidate,
    rememberMs: windowMs + 2 * skewMs,
    nonceStore,
    onStoreDown,
    maxBodyBytes: spec.maxBodyBytes,
    refusal: refusalOf(spec, verify),
  };
}

function refusalOf({ denial, verify: { scheme } }: Document['spec'], verify: Verification): RefusalStyle {
  if (denial === 'Provider' && isProvider(scheme)) return { kind: 'provider', provider: scheme };
  const { profile, cover } = verify;
  return profile.scheme === 'rfc9421'
    ? { kind: 'problem', acceptSignature: acceptSignature(profile, cover) }
    : { kind: 'problem' };
}

function verification(
  document: Document,
  field: 'verify' | 'candidate',
  rings: CompileInput['rings'],
  findings: Finding[],
): Verification | undefined {
  const { replay, [field]: spec } = document.spec;
  if (spec === undefined) return undefined;
  const keys = rings.get(refId(spec.keys.keySet));
  if (keys === undefined) {
    const got = refId(spec.keys.keySet);
    findings.push(
      finding(document, `spec.${field}.keys.from`, 'PM3001', 'the name of a KeySet that exists', got),
    );
    return undefined;
  }
  const { profile, cover, nonce, isTimeless } = compileVerify(spec);
  return {
    profile,
    keys,
    cover,
    windowMs: isTimeless ? undefined : windowOf(spec, replay.windowMs),
    skewMs: replay.skewMs,
    nonce: { use: nonce, minLength: replay.minNonce },
    accounts: 'owner',
  };
}

/** WeChat Pay refuses what is as old as the window; all others take it (millisecond precision). */
function windowOf({ scheme }: VerifySpec, windowMs: number): number {
  return scheme === 'wechatpay' ? windowMs - 1 : windowMs;
}

function refId({ namespace, name }: ServiceRef): string {
  return `${namespace}/${name}`;
}

function finding(document: Document, path: string, code: string, expected: string, got: string): Finding {
  const { namespace, name } = document.metadata;
  return {
    code,
    severity: 'error',
    at: document.positions.get(path) ?? document.at,
    subject: `SigningPolicy ${namespace}/${name}`,
    path,
    expected,
    got,
  };
}
