import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { RE2JS } from '@bufbuild/re2';

import { weigh } from './cel-cost.ts';
import { celValues } from './cel-values.ts';
import type { Expression } from './judge.ts';

export type CompiledCel =
  | { readonly kind: 'compiled'; readonly evaluate: Expression }
  /** What is wrong with it, in a few words. */
  | { readonly kind: 'refused'; readonly got: string };

/** Longest text that a pattern is held against. */
const MAX_MATCHED = 1_024;

/** Parses, weighs and plans an expression once. Evaluating it never throws: what has no truth value is an error. */
export function compileCel(text: string): CompiledCel {
  try {
    const parsed = parse(text);
    const weighed = weigh(parsed.expr);
    if (weighed.kind === 'refused') return weighed;
    const run = plan(celEnv({ re2: patternsOf(weighed.patterns) }), parsed);
    return {
      kind: 'compiled',
      evaluate: (request) => {
        const value = run(celValues(request));
        return typeof value === 'boolean' && !isCelError(value) ? value : 'error';
      },
    };
  } catch (error) {
    // A parser that runs out of stack throws too.
    const sentence = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', got: sentence.slice(0, 120) };
  }
}

/** Patterns compiled at load; one that is not among them is a bug. */
function patternsOf(patterns: readonly string[]) {
  const compiled = new Map(patterns.map((pattern) => [pattern, RE2JS.compile(pattern)]));
  return {
    compile: (pattern: string) => ({
      test: (text: string) => {
        const matcher = compiled.get(pattern);
        if (matcher === undefined) throw new Error('a pattern that was not written out');
        if (text.length > MAX_MATCHED) throw new Error(`a text of more than ${MAX_MATCHED} characters`);
        return matcher.test(text);
      },
    }),
  };
}
