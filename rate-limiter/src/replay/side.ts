import { createLimiter, type DecidedLimit, type LimitRequest } from '../limiter/index.ts';
import type { RuleSet } from '../match/index.ts';
import { createEmbeddedStore } from '../store/index.ts';

/** What rules made of a request; isOver undefined: there was no decision. */
export interface Replayed {
  readonly isOver: boolean | undefined;
  readonly limits: readonly DecidedLimit[];
}

/** Rules with counters of their own. */
export interface Side {
  decide(request: LimitRequest, timeMs: number): Promise<Replayed>;
  /** Limits of the last request. */
  last(): readonly DecidedLimit[];
}

/** A limiter whose clock is what is said with each request. */
export function createSide(rules: RuleSet): Side {
  let nowMs = 0;
  let limits: DecidedLimit[] = [];
  const store = createEmbeddedStore();
  const limiter = createLimiter({
    rules: () => rules,
    store,
    localStore: store,
    clock: { now: () => nowMs },
    observer: {
      decided: (limit) => limits.push(limit),
      unmatched: () => undefined,
      fellBack: () => undefined,
    },
  });
  return {
    decide: async (request, timeMs) => {
      nowMs = timeMs;
      limits = [];
      const decision = await limiter.decide(request);
      return { isOver: decision.kind === 'decided' ? decision.isOver : undefined, limits };
    },
    last: () => limits,
  };
}
