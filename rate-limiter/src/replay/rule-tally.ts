import type { DecidedLimit } from '../limiter/index.ts';
import type { RuleReport } from './types.ts';

/** Counts by rule: there are as many as the rules have. */
export interface RuleTally {
  add(limits: readonly DecidedLimit[], when: 'now' | 'before'): void;
  /** Those that differ most first, then those with most that is over. */
  list(): readonly RuleReport[];
}

type Counts = { -readonly [Key in keyof RuleReport]: RuleReport[Key] };

/** A tally of nothing yet. */
export function createRuleTally(): RuleTally {
  const byRule = new Map<string, Counts>();
  const countsOf = ({ domain, rule: { label } }: DecidedLimit): Counts => {
    const key = `${domain.length}:${domain}${label}`;
    const counts = byRule.get(key) ?? {
      domain,
      label,
      decisions: 0,
      over: 0,
      decisionsBefore: 0,
      overBefore: 0,
    };
    byRule.set(key, counts);
    return counts;
  };
  return {
    add: (limits, when) => {
      for (const limit of limits) {
        const counts = countsOf(limit);
        const isOver = limit.outcome === 'over' || limit.outcome === 'shadow_over';
        if (when === 'now') {
          counts.decisions += 1;
          if (isOver) counts.over += 1;
        } else {
          counts.decisionsBefore += 1;
          if (isOver) counts.overBefore += 1;
        }
      }
    },
    list: () => [...byRule.values()].toSorted((a, b) => differenceOf(b) - differenceOf(a) || b.over - a.over),
  };
}

function differenceOf({ over, overBefore }: RuleReport): number {
  return Math.abs(over - overBefore);
}
