import { patternOfNode } from './tree.ts';
import type { Entry, Match, NodeSpec } from './types.ts';

/** Why a node was not the one. */
export type PassedReason =
  | 'its value is another'
  | 'its key is another'
  | 'an exact value goes first'
  | 'an earlier pattern goes first'
  | 'a pattern goes first'
  | 'a later one is the same';

/** How a node fitted. */
export type TakenReason = 'exact value' | 'first pattern that fits' | 'takes every value';

/** What happened at one entry. */
export interface ExplainStep {
  readonly entry: Entry;
  /** Absent: no node fitted, and the walk ended. */
  readonly taken?: { readonly node: NodeSpec; readonly why: TakenReason };
  /** In declared order; of nodes with another key only their number is told. */
  readonly passedOver: readonly { readonly node: NodeSpec; readonly why: PassedReason }[];
  readonly otherKeys: number;
}

export interface Explanation {
  readonly steps: readonly ExplainStep[];
  /** What findRule gives. */
  readonly match: Match | undefined;
  readonly end:
    | 'a limit applies'
    | 'no node fits'
    | 'the tree ends before the descriptor'
    | 'the node has no limit'
    | 'there are no entries';
}

/** Walks a declared tree as findRule does, and tells each step. */
export function explainMatch(nodes: readonly NodeSpec[], entries: readonly Entry[]): Explanation {
  const steps: ExplainStep[] = [];
  const counted: Entry[] = [];
  let level = nodes;
  let node: NodeSpec | undefined;
  for (const entry of entries) {
    if (level.length === 0) return { steps, match: undefined, end: 'the tree ends before the descriptor' };
    const step = stepOf(level, entry);
    steps.push(step);
    node = step.taken?.node;
    if (node === undefined) return { steps, match: undefined, end: 'no node fits' };
    const shared =
      step.taken?.why === 'first pattern that fits' ? patternOfNode(node).sharedValue : undefined;
    counted.push(shared === undefined ? entry : { key: entry.key, value: shared });
    level = node.children;
  }
  if (node === undefined) return { steps, match: undefined, end: 'there are no entries' };
  if (node.rules.length === 0) return { steps, match: undefined, end: 'the node has no limit' };
  return { steps, match: { rules: node.rules, entries: counted }, end: 'a limit applies' };
}

function stepOf(level: readonly NodeSpec[], entry: Entry): ExplainStep {
  const taken = takenOf(level, entry);
  const passedOver = level
    .filter((node) => node !== taken?.node)
    .map((node) => ({ node, why: whyNot(node, entry, taken?.why) }));
  const shown = passedOver.filter(({ why }) => why !== 'its key is another');
  const otherKeys = passedOver.length - shown.length;
  return { entry, ...(taken !== undefined && { taken }), passedOver: shown, otherKeys };
}

function takenOf(level: readonly NodeSpec[], entry: Entry): ExplainStep['taken'] {
  const exact = level.findLast((node) => isLiteral(node, entry));
  if (exact !== undefined) return { node: exact, why: 'exact value' };
  const pattern = level.find((node) => isPattern(node) && patternOfNode(node).matches(entry));
  if (pattern !== undefined) return { node: pattern, why: 'first pattern that fits' };
  const any = level.findLast((node) => takesEveryValue(node, entry));
  return any === undefined ? undefined : { node: any, why: 'takes every value' };
}

/** A pattern also matches its own text. */
function isLiteral({ key, value }: NodeSpec, entry: Entry): boolean {
  if (key !== entry.key || value.kind === 'any') return false;
  return (value.kind === 'exact' ? value.value : value.pattern) === entry.value;
}

function isPattern({ isKeyPattern, value }: NodeSpec): boolean {
  return isKeyPattern || value.kind === 'wildcard';
}

function takesEveryValue({ key, value }: NodeSpec, entry: Entry): boolean {
  return key === entry.key && value.kind === 'any';
}

function whyNot(node: NodeSpec, entry: Entry, taken: TakenReason | undefined): PassedReason {
  if (isLiteral(node, entry)) return 'a later one is the same';
  if (isPattern(node) && patternOfNode(node).matches(entry)) {
    return taken === 'exact value' ? 'an exact value goes first' : 'an earlier pattern goes first';
  }
  if (takesEveryValue(node, entry)) return whyNotAny(taken);
  return node.key === entry.key ? 'its value is another' : 'its key is another';
}

function whyNotAny(taken: TakenReason | undefined): PassedReason {
  if (taken === 'exact value') return 'an exact value goes first';
  return taken === 'takes every value' ? 'a later one is the same' : 'a pattern goes first';
}
