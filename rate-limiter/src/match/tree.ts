import type { Entry, Level, Match, Node, NodeSpec, Wildcard } from './types.ts';
import { compileWildcard } from './wildcard.ts';

/** Compiles declared siblings for lookup. Siblings must differ in key and value; of two equal ones the later wins. */
export function buildLevel(specs: readonly NodeSpec[]): Level {
  const exact = new Map<string, Map<string, Node>>();
  const anyValue = new Map<string, Node>();
  const wildcards: Wildcard[] = [];
  for (const spec of specs) {
    const node = buildNode(spec);
    addLiteral(spec, node, exact, anyValue);
    if (spec.isKeyPattern || spec.value.kind === 'wildcard') wildcards.push(buildWildcard(spec, node));
  }
  return { exact, wildcards, anyValue };
}

/**
 * Walks the tree as envoyproxy/ratelimit does: at each entry the exact value, else the first declared
 * wildcard, else the node that takes every value; no way back. Only the node of the last entry counts.
 */
export function findRule(root: Level, entries: readonly Entry[]): Match | undefined {
  let level: Level | undefined = root;
  let node: Node | undefined;
  let shared: Entry[] | undefined;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (level === undefined || entry === undefined) return undefined;
    node = level.exact.get(entry.key)?.get(entry.value);
    if (node === undefined) {
      const wildcard: Wildcard | undefined = level.wildcards.find((candidate) => candidate.matches(entry));
      node = wildcard?.node ?? level.anyValue.get(entry.key);
      if (wildcard?.sharedValue !== undefined) {
        shared ??= [...entries];
        shared[index] = { key: entry.key, value: wildcard.sharedValue };
      }
    }
    if (node === undefined) return undefined;
    level = node.children;
  }
  if (node === undefined || node.rules.length === 0) return undefined;
  return { rules: node.rules, entries: shared ?? entries };
}

function buildNode(spec: NodeSpec): Node {
  return { rules: spec.rules, children: spec.children.length === 0 ? undefined : buildLevel(spec.children) };
}

/** A pattern also matches its own text literally, ahead of every wildcard. */
function addLiteral(
  { key, value }: NodeSpec,
  node: Node,
  exact: Map<string, Map<string, Node>>,
  anyValue: Map<string, Node>,
): void {
  if (value.kind === 'any') {
    anyValue.set(key, node);
    return;
  }
  const values = exact.get(key) ?? new Map<string, Node>();
  values.set(value.kind === 'exact' ? value.value : value.pattern, node);
  exact.set(key, values);
}

function buildWildcard(spec: NodeSpec, node: Node): Wildcard {
  return { ...patternOfNode(spec), node };
}

/** A declared node read as a pattern, which it is when its key or its value has a `*`. */
export function patternOfNode(spec: NodeSpec): Omit<Wildcard, 'node'> {
  const matchesKey = spec.isKeyPattern ? compileWildcard(spec.key) : (key: string) => key === spec.key;
  const matchesValue = valueMatcher(spec);
  return {
    matches: ({ key, value }) => matchesKey(key) && matchesValue(value),
    sharedValue: spec.sharesCounter ? sharedValue(spec) : undefined,
  };
}

function valueMatcher({ value }: NodeSpec): (text: string) => boolean {
  switch (value.kind) {
    case 'any':
      return () => true;
    case 'exact':
      return (text) => text === value.value;
    case 'wildcard':
      return compileWildcard(value.pattern);
  }
}

/** Where the key is a pattern, its text goes in front: no value of a request is meant. */
function sharedValue({ key, isKeyPattern, value }: NodeSpec): string {
  const text = patternOf(value);
  return isKeyPattern ? `${key}_${text}` : text;
}

function patternOf(value: NodeSpec['value']): string {
  switch (value.kind) {
    case 'any':
      return '*';
    case 'exact':
      return value.value;
    case 'wildcard':
      return value.pattern;
  }
}
