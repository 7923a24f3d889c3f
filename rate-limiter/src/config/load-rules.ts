import { compareFindings, type Finding, loadPolicies } from '@paymesh/common/policy';

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

/**
 * Turns all files of a folder into rules: policies of apiVersion paymesh.dev/v1 become the domain
 * `paymesh`, every other file is a domain of envoyproxy/ratelimit. One error refuses the whole set.
 */
export function loadRules(files: readonly ConfigFile[], options: DomainsOptions = {}): LoadedRules {
  if (files.length === 0) return { kind: 'empty', findings: [] };
  const policyFiles = files.filter(isPolicyFile);
  const ratelimitFiles = files
    .filter((file) => !isPolicyFile(file))
    .map((file) => parseRatelimitYaml(file, options));
  const policies = policyFiles.length === 0 ? undefined : loadPolicies(policyFiles);
  const joined = joinDomains(ratelimitFiles, options);
  const findings = [
    ...(policies?.findings ?? []),
    ...ratelimitFiles.flatMap((file) => file.findings),
    ...joined.findings,
    ...(policies === undefined ? [] : reservedDomain(ratelimitFiles)),
  ].sort(compareFindings);
  if (findings.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings };
  const domains: readonly DomainSpec[] =
    policies === undefined ? joined.domains : [policyRules(policies.documents), ...joined.domains];
  return { kind: 'loaded', rules: buildRuleSet(domains), findings };
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
