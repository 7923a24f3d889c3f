import type { parse } from '@bufbuild/cel';

import { MAX_ITEMS } from './cel-values.ts';

type Expr = ReturnType<typeof parse>['expr'];

/** Most steps of one evaluation, each about as long as a comparison. */
const MAX_COST = 20_000;
const MAX_NODES = 256;
/** Longest pattern of `matches`, and most of them: RE2 is linear in the text and in the pattern. */
const MAX_PATTERN = 256;
const MAX_PATTERNS = 4;

const VARIABLES: ReadonlySet<string> = new Set([
  'request',
  'source',
  'peer',
  'principal',
  'key_id',
  'claims',
  'now',
]);

/** Each takes time in proportion to what it is given, and makes nothing larger. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['_&&_', '_||_', '!_', '_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_', '_?_:_', '_[_]', '@in'],
  ...['_+_', '_-_', '_*_', '_/_', '_%_', '-_', '@not_strictly_false'],
  ...['size', 'startsWith', 'endsWith', 'contains', 'matches', 'int', 'double', 'string', 'bool'],
  ...['timestamp', 'duration', 'getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek'],
  ...['getDayOfYear', 'getHours', 'getMinutes', 'getSeconds'],
]);

/** Calendars and time zones take a thousand comparisons. */
const TIME = /^(?:get|timestamp|duration)/;

/** `patterns`: those of matches, as written. */
export type Weighed =
  | { readonly kind: 'good'; readonly patterns: readonly string[] }
  | { readonly kind: 'refused'; readonly got: string };

interface Walk {
  nodes: number;
  cost: number;
  readonly patterns: string[];
}

interface Scope {
  /** Names that a loop around gives. */
  readonly names: ReadonlySet<string>;
  readonly isLoop: boolean;
}

/**
 * Bounds the time of every evaluation before the first: by the kinds of nodes, their number, and loops that run over
 * at most as many items as an expression is shown. Names that are not there are told now, not on a request.
 */
export function weigh(expr: Expr): Weighed {
  const walk: Walk = { nodes: 0, cost: 0, patterns: [] };
  const got = visit(expr, { names: new Set(), isLoop: false }, walk);
  if (got !== undefined) return { kind: 'refused', got };
  if (walk.cost > MAX_COST)
    return { kind: 'refused', got: `a cost of ${walk.cost} steps, and ${MAX_COST} may be` };
  return { kind: 'good', patterns: walk.patterns };
}

/** What is wrong at this node or below it. */
function visit(expr: Expr | undefined, scope: Scope, walk: Walk): string | undefined {
  if (expr === undefined) return undefined;
  walk.nodes += 1;
  walk.cost += scope.isLoop ? MAX_ITEMS : 1;
  if (walk.nodes > MAX_NODES) return `more than ${MAX_NODES} parts`;
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return undefined;
    case 'identExpr': {
      const { name } = exprKind.value;
      return VARIABLES.has(name) || scope.names.has(name) ? undefined : `the unknown name ${name}`;
    }
    case 'selectExpr':
      return visit(exprKind.value.operand, scope, walk);
    case 'callExpr':
      return visitCall(exprKind.value, scope, walk);
    case 'listExpr':
      return visitAll(exprKind.value.elements, scope, walk);
    case 'comprehensionExpr':
      return visitLoop(exprKind.value, scope, walk);
    case 'structExpr':
      return 'a map or a message, which no condition needs';
    case undefined:
      return 'a part that is not known';
  }
}

function visitAll(parts: readonly (Expr | undefined)[], scope: Scope, walk: Walk): string | undefined {
  for (const part of parts) {
    const got = visit(part, scope, walk);
    if (got !== undefined) return got;
  }
  return undefined;
}

type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value'];

function visitCall(call: Call, scope: Scope, walk: Walk): string | undefined {
  if (!FUNCTIONS.has(call.function)) return `the function ${call.function}, which is not offered`;
  if (scope.isLoop && TIME.test(call.function)) return `${call.function} within a loop`;
  if (call.function === 'matches') {
    const got = notePattern(call, scope, walk);
    if (got !== undefined) return got;
  }
  return visitAll([call.target, ...call.args], scope, walk);
}

function notePattern(call: Call, { isLoop }: Scope, { patterns }: Walk): string | undefined {
  if (isLoop) return 'matches within a loop';
  const written = call.args.at(-1)?.exprKind;
  const constant = written?.case === 'constExpr' ? written.value.constantKind : undefined;
  if (constant?.case !== 'stringValue') return 'matches with a pattern that is not written out';
  if (constant.value.length > MAX_PATTERN) return `a pattern of more than ${MAX_PATTERN} characters`;
  patterns.push(constant.value);
  return patterns.length > MAX_PATTERNS ? `more than ${MAX_PATTERNS} patterns` : undefined;
}

type Loop = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

function visitLoop(loop: Loop, scope: Scope, walk: Walk): string | undefined {
  if (scope.isLoop) return 'a loop within a loop';
  const range = visit(loop.iterRange, scope, walk);
  if (range !== undefined) return range;
  const names = new Set([...scope.names, loop.iterVar, loop.iterVar2, loop.accuVar]);
  const body = { names, isLoop: true };
  return visitAll([loop.accuInit, loop.loopCondition, loop.loopStep, loop.result], body, walk);
}
