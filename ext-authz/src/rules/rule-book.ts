import type { Clock } from '@paymesh/common/clock';
import { type Finding, type PolicyDocument, policyId } from '@paymesh/common/policy';

import {
  createRemoteKeys,
  fetchText,
  type KeyRing,
  type LoadOptions,
  loadKeyRing,
  type RemoteKeys,
  type RemoteLease,
  type SecretFiles,
} from '../keys/index.ts';
import { compileRules, usedKeySets } from './compile-rules.ts';
import type { Rule, RuleSet } from './rule.ts';

/** A complete set of documents with what was found wrong in it. */
export interface LoadedPolicies {
  readonly documents: readonly PolicyDocument[];
  readonly findings: readonly Finding[];
  readonly hasErrors: boolean;
}

export interface RuleBookOptions {
  /** A fresh reader of secrets for each load. */
  readonly openSecrets: () => SecretFiles;
  /** Keys that are fetched. Default: by HTTP, and told to nobody. */
  readonly remoteKeys?: RemoteKeys;
  readonly hasRedis: boolean;
  readonly clock: Clock;
}

/** What became of a set: in force, or refused with the last good one still in force. */
export interface Applied {
  readonly isApplied: boolean;
  readonly findings: readonly Finding[];
}

/** The rules in force. A set that has an error anywhere never replaces one that had none. */
export interface RuleBook {
  current(): RuleSet;
  /** Puts a set in force as a whole, or refuses it as a whole. Calls are taken one after another. */
  apply(loaded: LoadedPolicies): Promise<Applied>;
  /** Applies the last set again if a key file changed; undefined when none did. Also ends retirements. */
  refresh(): Promise<Applied | undefined>;
}

/**
 * A policy that was removed or switched off is applied for so long after. The proxies learn of it a moment later
 * than this process; until then they ask for it, and the requests are as good as they were.
 */
const RETIREMENT_MS = 10_000;

interface Retired {
  readonly rule: Rule;
  readonly untilMs: number;
}

/** An empty book: every check is denied until a set was applied. */
export function createRuleBook({
  openSecrets,
  hasRedis,
  clock,
  remoteKeys = createRemoteKeys({ fetchText, clock }),
}: RuleBookOptions): RuleBook {
  let live: RuleSet = new Map();
  let retired: ReadonlyMap<string, Retired> = new Map();
  let current: RuleSet = live;
  let last: { readonly loaded: LoadedPolicies; readonly secrets: SecretFiles } | undefined;
  let inForce: RemoteLease | undefined;
  let isFilled = false;
  let queue: Promise<unknown> = Promise.resolve();

  function swap(rules: RuleSet): void {
    const nowMs = clock.now();
    const kept = [...retired].filter(([id, { untilMs }]) => untilMs > nowMs && !isLive(rules, id));
    const gone = [...live].filter(([id]) => isLive(live, id) && !isLive(rules, id));
    retired = new Map([
      ...kept,
      ...gone.map(([id, rule]) => [id, { rule, untilMs: nowMs + RETIREMENT_MS }] as const),
    ]);
    live = rules;
    current = new Map([
      ...[...retired].map(([id, { rule }]) => [id, rule] as const),
      ...[...rules].filter(([id]) => !retired.has(id)),
    ]);
  }

  async function load(loaded: LoadedPolicies): Promise<Applied> {
    const secrets = openSecrets();
    if (loaded.hasErrors) return { isApplied: false, findings: loaded.findings };
    // A folder that is being replaced is empty for a moment; that takes nothing out of force.
    if (loaded.documents.length === 0 && isFilled) return { isApplied: false, findings: loaded.findings };
    const lease = remoteKeys.lease();
    const keys = await loadRings(loaded.documents, { secrets, lease });
    last = { loaded, secrets };
    const { rules, findings: ruleFindings } = compileRules({
      documents: loaded.documents,
      rings: keys.rings,
      hasRedis,
    });
    const findings = [...loaded.findings, ...keys.findings, ...ruleFindings];
    if (findings.some(({ severity }) => severity === 'error')) {
      lease.release();
      return { isApplied: false, findings };
    }
    isFilled = loaded.documents.length > 0;
    swap(rules);
    inForce?.release();
    inForce = lease;
    return { isApplied: true, findings };
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  }

  return {
    current: () => current,
    apply: (loaded) => inTurn(() => load(loaded)),
    refresh: () =>
      inTurn(async () => {
        if ([...retired.values()].some(({ untilMs }) => untilMs <= clock.now())) swap(live);
        if (last === undefined || !(await last.secrets.hasChanged())) return undefined;
        return load(last.loaded);
      }),
  };
}

function isLive(rules: RuleSet, id: string): boolean {
  const rule = rules.get(id);
  return rule !== undefined && rule.mode !== 'Off';
}

/** All at once, for remote sources may be slow. */
async function loadRings(documents: readonly PolicyDocument[], options: LoadOptions) {
  const used = usedKeySets(documents);
  const sets = documents
    .filter((document) => document.kind === 'KeySet')
    .filter((document) => used.has(policyId(document)));
  const loaded = await Promise.all(
    sets.map(async (document) => ({ id: policyId(document), ...(await loadKeyRing(document, options)) })),
  );
  const rings = new Map<string, KeyRing>(loaded.map(({ id, ring }) => [id, ring]));
  return { rings, findings: loaded.flatMap(({ findings }) => findings) };
}
