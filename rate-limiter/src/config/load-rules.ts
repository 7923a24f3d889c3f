import {
  compareFindings,
  type Finding,
  loadPolicies,
  type ParsedFiles,
  parsePolicyFiles,
} from '@paymesh/common/policy';

import { buildRuleSet, type DomainSpec, type RuleSet } from '../match/index.ts';
import { type DomainsOptions, joinDomains } from './domains.ts';
import { isPolicyFile } from './file-form.ts';
import { POLICY_DOMAIN, policyRules } from './policy-rules.ts';
import { parseRatelimitYaml } from './ratelimit-yaml.ts';
import type { ConfigFile } from './yaml-reader.ts';

export type LoadedRules =
  | {
      readonly kind: 'loaded';
      readonly rules: RuleSet /** Warnings. */;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** There are no files. */
  | { readonly kind: 'empty'; readonly findings: readonly Finding[] };

export interface LoadRulesOptions extends DomainsOptions {
  /**
   * RateLimitPolicies of a control plane. They are part of a set that was checked there as a whole, so here each is
   * read by itself; the folder has no others beside them. Default: there is no control plane.
   */
  readonly served?: readonly ConfigFile[] | undefined;
}

/**
 * Turns all files of a folder into rules: policies of apiVersion paymesh.dev/v1 become the domain
 * `paymesh`, every other file is a domain of envoyproxy/ratelimit. One error refuses the whole set.
 */
export function loadRules(files: readonly ConfigFile[], options: LoadRulesOptions = {}): LoadedRules {
  const { served } = options;
  if (files.length === 0 && served === undefined) return { kind: 'empty', findings: [] };
  const policyFiles = files.filter(isPolicyFile);
  const ratelimitFiles = files
    .filter((file) => !isPolicyFile(file))
    .map((file) => parseRatelimitYaml(file, options));
  const policies = readPolicies(policyFiles, served);
  const joined = joinDomains(ratelimitFiles, options);
  const findings = [
    ...(policies?.findings ?? []),
    ...(served === undefined ? [] : policyFiles.map(besideControlPlane)),
    ...ratelimitFiles.flatMap((file) => file.findings),
    ...joined.findings,
    ...(policies === undefined ? [] : reservedDomain(ratelimitFiles)),
  ].sort(compareFindings);
  if (findings.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings };
  const domains: readonly DomainSpec[] =
    policies === undefined ? joined.domains : [policyRules(policies.documents), ...joined.domains];
  return { kind: 'loaded', rules: buildRuleSet(domains), findings };
}

function readPolicies(
  files: readonly ConfigFile[],
  served: readonly ConfigFile[] | undefined,
): Pick<ParsedFiles, 'documents' | 'findings'> | undefined {
  if (served !== undefined) return parsePolicyFiles(served);
  return files.length === 0 ? undefined : loadPolicies(files);
}

function besideControlPlane({ path: file }: ConfigFile): Finding {
  return {
    code: 'RL2021',
    severity: 'error',
    at: { file, line: 1, column: 1 },
    path: '',
    expected: 'files of envoyproxy/ratelimit only: policies come from the control plane',
    got: 'a file of policies',
  };
}

/** Beside policies no file may declare the domain that is built from them. */
function reservedDomain(files: readonly ReturnType<typeof parseRatelimitYaml>[]): readonly Finding[] {
  return files
    .filter(({ domain }) => domain === POLICY_DOMAIN)
    .map(({ at }) => ({
      code: 'RL2002',
      severity: 'error',
      at,
      path: 'domain',
      expected: `another domain: beside policies "${POLICY_DOMAIN}" is made of them`,
      got: `"${POLICY_DOMAIN}"`,
    }));
}
