import type { Clock } from '@paymesh/common/clock';
import { type Finding, type PolicyDocument, policyId } from '@paymesh/common/policy';

import { type Access, type AccessSet, loadAccess } from '../access/index.ts';
import { createKeysBehind, type FetchText, fetchText as overHttp } from '../identity/index.ts';
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
import { createRetiring } from './retiring.ts';
import { revisionOf } from './revision-of.ts';
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
  /** Names what the set in force says; empty before there is one. */
  revision(): string;
  /** Keys of the set in force, by `namespace/name` of their KeySet. */
  keySets(): ReadonlyMap<string, KeyRing>;
  /** The service behind each Route of the set in force, both as `namespace/name`. */
  routes(): ReadonlyMap<string, string>;
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
  fetchText: fetchTokenKeys = overHttp,
  remoteKeys = createRemoteKeys({ fetchText, clock }),
}: RuleBookOptions): RuleBook {
  const keysBehind = createKeysBehind(fetchTokenKeys);
  const signing = createRetiring<Rule>(clock);
  const admitting = createRetiring<Access>(clock);
  let last: { readonly loaded: LoadedPolicies; readonly secrets: SecretFiles } | undefined;
  let inForce: RemoteLease | undefined;
  let isFilled = false;
  let revision = '';
  let keySets: ReadonlyMap<string, KeyRing> = new Map();
  let routes: ReadonlyMap<string, string> = new Map();
  let queue: Promise<unknown> = Promise.resolve();

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
    const readFile: SecretFiles['readFile'] = (...file) => secrets.readFile(...file);
    const { access, findings: accessFindings } = await loadAccess(loaded.documents, { readFile, keysBehind });
    const findings = [...loaded.findings, ...keys.findings, ...ruleFindings, ...accessFindings];
    if (findings.some(({ severity }) => severity === 'error')) {
      lease.release();
      return { isApplied: false, findings };
    }
    isFilled = loaded.documents.length > 0;
    signing.swap(rules);
    admitting.swap(access);
    revision = revisionOf(loaded.documents);
    keySets = keys.rings;
    routes = servicesOfRoutes(loaded.documents);
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
    current: () => signing.current(),
    access: () => admitting.current(),
    revision: () => revision,
    keySets: () => keySets,
    routes: () => routes,
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

function servicesOfRoutes(documents: readonly PolicyDocument[]): ReadonlyMap<string, string> {
  const routes = documents.filter((document) => document.kind === 'Route');
  return new Map(
    routes.map((route) => [policyId(route), policyId({ metadata: route.spec.service })] as const),
  );
}
