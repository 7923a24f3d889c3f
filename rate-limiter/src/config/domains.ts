import type { Finding } from '@paymesh/common/policy';

import { type DomainSpec, nodeText } from '../match/index.ts';
import type { DeclaredNode, RatelimitFile, RuleDefaults } from './ratelimit-yaml.ts';
import { findUnreachable } from './unreachable.ts';

export interface DomainsOptions extends RuleDefaults {
  /** Files of one domain are put together instead of refused. Default false. */
  readonly mergesDomains?: boolean;
}

/** Puts the files together: one tree for each domain, siblings all different. */
export function joinDomains(
  files: readonly RatelimitFile[],
  { mergesDomains = false }: DomainsOptions = {},
): { readonly domains: readonly DomainSpec[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const byDomain = new Map<string, RatelimitFile[]>();
  for (const file of files) {
    if (file.domain === undefined) continue;
    const known = byDomain.get(file.domain) ?? [];
    const first = known[0];
    if (first !== undefined && !mergesDomains) findings.push(duplicateDomain(file, first));
    byDomain.set(file.domain, [...known, file]);
  }
  const domains = [...byDomain].map(([domain, parts]): DomainSpec => {
    const nodes = parts.flatMap((part) => part.nodes);
    // Files that may not be merged are not compared either: their one mistake is the domain.
    for (const siblings of mergesDomains ? [nodes] : parts.map((part) => part.nodes)) {
      findings.push(...duplicates(siblings), ...findUnreachable(siblings));
    }
    return { domain, nodes };
  });
  return { domains, findings };
}

function duplicateDomain(file: RatelimitFile, first: RatelimitFile): Finding {
  const { at } = first;
  return {
    code: 'RL2002',
    severity: 'error',
    at: file.at,
    path: 'domain',
    expected: 'a domain of its own in each file',
    got: `"${file.domain}" again, as in ${at.file}:${at.line}:${at.column}`,
  };
}

function duplicates(siblings: readonly DeclaredNode[]): readonly Finding[] {
  const seen = new Map<string, DeclaredNode>();
  return siblings.flatMap((node) => {
    const identity = JSON.stringify([node.key, node.value]);
    const first = seen.get(identity);
    seen.set(identity, first ?? node);
    const own: readonly Finding[] = first === undefined || node.key === '' ? [] : [duplicate(node, first)];
    return [...own, ...duplicates(node.children)];
  });
}

function duplicate(node: DeclaredNode, first: DeclaredNode): Finding {
  const { file, line, column } = first.at;
  return {
    code: 'RL2004',
    severity: 'error',
    at: node.at,
    path: '',
    expected: 'siblings that differ in key or value',
    got: `"${nodeText(node)}" again, as in ${file}:${line}:${column}`,
  };
}
