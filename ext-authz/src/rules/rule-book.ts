import type { Clock } from '@paymesh/common/clock';
import type { Finding, PolicyDocument } from '@paymesh/common/policy';

import { type Access, type AccessSet, loadAccess } from '../access/index.ts';
import { createKeysBehind, type FetchText, fetchText as overHttp } from '../identity/index.ts';
import { type KeyRing, loadKeyRing, type SecretFiles } from '../keys/index.ts';
import { compileRules, usedKeySets } from './compile-rules.ts';
import { createRetiring } from './retiring.ts';
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
  readonly hasRedis: boolean;
  readonly clock: Clock;
  /** How a JWKS behind a URL is asked for. Default: over HTTP. */
  readonly fetchText?: FetchText;
}

/** What became of a set: in force, or refused with the last good one still in force. */
export interface Applied {
  readonly isApplied: boolean;
  readonly findings: readonly Finding[];
}

/** The rules in force. A set that has an error anywhere never replaces one that had none. */
export interface RuleBook {
  current(): RuleSet;
  /** The AccessPolicies of the same set. */
  access(): AccessSet;
  /** Puts a set in force as a whole, or refuses it as a whole. Calls are taken one after another. */
  apply(loaded: LoadedPolicies): Promise<Applied>;
  /** Applies the last set again if a key file changed; undefined when none did. Also ends retirements. */
  refresh(): Promise<Applied | undefined>;
}

/** An empty book: every check is denied until a set was applied. */
export function createRuleBook({
  openSecrets,
  hasRedis,
  clock,
  fetchText = overHttp,
}: RuleBookOptions): RuleBook {
  const keysBehind = createKeysBehind(fetchText);
  const signing = createRetiring<Rule>(clock);
  const admitting = createRetiring<Access>(clock);
  let last: { readonly loaded: LoadedPolicies; readonly secrets: SecretFiles } | undefined;
  let isFilled = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function load(loaded: LoadedPolicies): Promise<Applied> {
    const secrets = openSecrets();
    if (loaded.hasErrors) return { isApplied: false, findings: loaded.findings };
    // A folder that is being replaced is empty for a moment; that takes nothing out of force.
    if (loaded.documents.length === 0 && isFilled) return { isApplied: false, findings: loaded.findings };
    const keys = await loadRings(loaded.documents, secrets);
    last = { loaded, secrets };
    const { rules, findings: ruleFindings } = compileRules({
      documents: loaded.documents,
      rings: keys.rings,
      hasRedis,
    });
    const readFile: SecretFiles['readFile'] = (...file) => secrets.readFile(...file);
    const { access, findings: accessFindings } = await loadAccess(loaded.documents, { readFile, keysBehind });
    const findings = [...loaded.findings, ...keys.findings, ...ruleFindings, ...accessFindings];
    if (findings.some(({ severity }) => severity === 'error')) return { isApplied: false, findings };
    isFilled = loaded.documents.length > 0;
    signing.swap(rules);
    admitting.swap(access);
    return { isApplied: true, findings };
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  }

  return {
    current: () => signing.current(),
    access: () => admitting.current(),
    apply: (loaded) => inTurn(() => load(loaded)),
    refresh: () =>
      inTurn(async () => {
        signing.sweep();
        admitting.sweep();
        if (last === undefined || !(await last.secrets.hasChanged())) return undefined;
        return load(last.loaded);
      }),
  };
}

async function loadRings(documents: readonly PolicyDocument[], secrets: SecretFiles) {
  const used = usedKeySets(documents);
  const rings = new Map<string, KeyRing>();
  const findings: Finding[] = [];
  for (const document of documents) {
    if (document.kind !== 'KeySet') continue;
    const id = `${document.metadata.namespace}/${document.metadata.name}`;
    if (!used.has(id)) continue;
    const loaded = await loadKeyRing(document, secrets);
    rings.set(id, loaded.ring);
    findings.push(...loaded.findings);
  }
  return { rings, findings };
}
