import type { Finding } from '@paymesh/common/policy';

import { compileWildcard, type NodeSpec, nodeText } from '../match/index.ts';
import { type RatelimitCode, severityOf } from './codes.ts';
import type { DeclaredNode } from './ratelimit-yaml.ts';

/** Bound on the time that warnings may take: so many wildcards of one level are compared. */
const MAX_COMPARED = 200;

/** Warnings for what is written and never holds, in the trees of one domain. */
export function findUnreachable(nodes: readonly DeclaredNode[]): readonly Finding[] {
  const names = new Set(rulesBelow(nodes).map(({ rule }) => rule.name));
  const unknown = rulesBelow(nodes).flatMap(({ node, rule }) =>
    rule.replaces
      .filter((name) => name !== '' && !names.has(name))
      .map((name) =>
        warning('RL3003', node, 'the name of a rate_limit of this domain', `"${name}", which none has`),
      ),
  );
  return [...unknown, ...findHidden(nodes)];
}

function findHidden(siblings: readonly DeclaredNode[]): readonly Finding[] {
  const wildcards: DeclaredNode[] = [];
  const hidden: Finding[] = [];
  for (const node of siblings.filter(isWildcard)) {
    const taker = wildcards.find((earlier) => takesAll(earlier, node));
    if (taker !== undefined) hidden.push(behind(node, taker));
    if (wildcards.length < MAX_COMPARED) wildcards.push(node);
  }
  // A node that takes every value is asked after all wildcards, wherever it stands; an exact one before them.
  for (const node of siblings.filter((one) => !isWildcard(one) && one.value.kind === 'any')) {
    const taker = wildcards.find((one) => takesAll(one, node));
    if (taker !== undefined) hidden.push(behind(node, taker));
  }
  return [...hidden, ...findCutOff(siblings), ...siblings.flatMap(({ children }) => findHidden(children))];
}

function isWildcard({ isKeyPattern, value }: NodeSpec): boolean {
  return isKeyPattern || value.kind === 'wildcard';
}

/** Stars of the later pattern can only be taken by stars of the earlier one, for no literal text has one. */
function takesAll(earlier: NodeSpec, later: NodeSpec): boolean {
  const isKeyTaken = earlier.isKeyPattern
    ? compileWildcard(earlier.key)(later.key)
    : earlier.key === later.key && !later.isKeyPattern;
  if (!isKeyTaken) return false;
  switch (earlier.value.kind) {
    case 'any':
      return true;
    case 'exact':
      return later.value.kind === 'exact' && later.value.value === earlier.value.value;
    case 'wildcard':
      return compileWildcard(earlier.value.pattern)(patternOf(later.value));
  }
}

function patternOf(value: NodeSpec['value']): string {
  if (value.kind === 'any') return '*';
  return value.kind === 'exact' ? value.value : value.pattern;
}

/** There is no way back: a value with a limit of its own never sees what is below the key alone. */
function findCutOff(siblings: readonly DeclaredNode[]): readonly Finding[] {
  const general = new Map(
    siblings
      .filter(({ value, children }) => value.kind === 'any' && children.length > 0)
      .map((node) => [node.key, node] as const),
  );
  return siblings.flatMap((node) => {
    const other = general.get(node.key);
    if (other === undefined || node.value.kind === 'any') return [];
    if (node.rules.length === 0 || node.children.length > 0) return [];
    const expected = `the descriptors below ${placeOf(other)} here too, where they are meant to hold for this value`;
    return [warning('RL3002', node, expected, 'none')];
  });
}

function behind(node: DeclaredNode, taker: DeclaredNode): Finding {
  const expected = `something left to match by ${placeOf(taker)}, which is tried before it`;
  return warning('RL3001', node, expected, `${nodeText(node)}, which never matches`);
}

function placeOf({ key, value, at: { file, line, column } }: DeclaredNode): string {
  return `${nodeText({ key, value })} (${file}:${line}:${column})`;
}

function rulesBelow(nodes: readonly DeclaredNode[]): readonly {
  readonly node: DeclaredNode;
  readonly rule: NodeSpec['rules'][number];
}[] {
  return nodes.flatMap((node) => [
    ...node.rules.map((rule) => ({ node, rule })),
    ...rulesBelow(node.children),
  ]);
}

function warning(code: RatelimitCode, { at }: DeclaredNode, expected: string, got: string): Finding {
  return { code, severity: severityOf(code), at, path: '', expected, got };
}
