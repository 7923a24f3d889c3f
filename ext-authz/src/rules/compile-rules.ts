import {
  type DocumentOf,
  type Finding,
  type PolicyDocument,
  policyId,
  type ServiceRef,
} from '@paymesh/common/policy';

import type { KeyRing } from '../keys/index.ts';
import type { ProfileOf } from '../signature/index.ts';
import type { Rule, RuleSet } from './rule.ts';

/** Shorter nonces are not unique enough to be worth remembering. */
const MIN_NONCE = 16;

type HmacProfile = ProfileOf<'hmac'>;

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
    const ring = rings.get(refId(document.spec.verify.keys.keySet));
    if (ring === undefined) {
      const got = refId(document.spec.verify.keys.keySet);
      findings.push(
        finding(document, 'spec.verify.keys.from', 'PM3001', 'the name of a KeySet that exists', got),
      );
      continue;
    }
    if (document.spec.replay.nonceStore === 'redis' && !hasRedis) {
      const expected = 'embedded, or that ext-authz is started with --redis URL';
      findings.push(
        finding(document, 'spec.replay.nonceStore', 'PM6003', expected, 'redis, and no URL was given'),
      );
      continue;
    }
    const rule = compileRule(document, ring);
    rules.set(rule.policyId, rule);
  }
  return { rules: remembering(rules), findings };
}

/**
 * A request is accepted at `timestamp - skew` at the earliest and `timestamp + window` at the latest; the
 * second skew is for replicas whose clocks differ. What one policy forgets too soon could be replayed at
 * another that knows one of its secrets and has a longer window, so all of them remember as long as the longest.
 */
function remembering(rules: ReadonlyMap<string, Rule>): RuleSet {
  const longest = new Map<string, number>();
  for (const { verify, rememberMs } of rules.values()) {
    for (const { nonceScope } of verify.keys.values()) {
      longest.set(nonceScope, Math.max(longest.get(nonceScope) ?? 0, rememberMs));
    }
  }
  return new Map(
    [...rules].map(([id, rule]) => {
      const scopes = [...rule.verify.keys.values()].map(({ nonceScope }) => longest.get(nonceScope) ?? 0);
      return [id, { ...rule, rememberMs: scopes.reduce((a, b) => Math.max(a, b), rule.rememberMs) }];
    }),
  );
}

/** Ids of the KeySets that the signing policies use. */
export function usedKeySets(documents: readonly PolicyDocument[]): ReadonlySet<string> {
  const policies = documents.filter((document) => document.kind === 'SigningPolicy');
  return new Set(policies.map((policy) => refId(policy.spec.verify.keys.keySet)));
}

function compileRule(document: Document, keys: KeyRing): Rule {
  const { spec } = document;
  const { windowMs, skewMs, nonceStore, onStoreDown } = spec.replay;
  const profile = hmacProfile(spec.verify);
  return {
    policyId: policyId(document),
    mode: spec.mode,
    verify: {
      profile,
      keys,
      // Its text always holds the same parts, and the checker has held the policy to them.
      cover: [],
      windowMs,
      skewMs,
      nonce: { use: 'required', minLength: MIN_NONCE },
    },
    rememberMs: windowMs + 2 * skewMs,
    nonceStore,
    onStoreDown,
    maxBodyBytes: spec.maxBodyBytes,
  };
}

function hmacProfile(verify: Document['spec']['verify']): HmacProfile {
  const headers = {
    keyId: verify.keys.idHeader.toLowerCase(),
    timestamp: verify.timestampHeader.toLowerCase(),
    nonce: verify.nonceHeader.toLowerCase(),
    signature: verify.signatureHeader.toLowerCase(),
  };
  const signedHeaders = furtherHeaders(verify.cover, [headers.timestamp, headers.nonce]);
  return { scheme: 'hmac', headers, signedHeaders };
}

/** Covered headers but those that have a line of their own in the signed text. */
function furtherHeaders(cover: readonly string[], own: readonly string[]): readonly string[] {
  return cover
    .map((part) => /^header\((.+)\)$/.exec(part)?.[1]?.toLowerCase())
    .filter((name) => name !== undefined)
    .filter((name) => !own.includes(name));
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
