import type { Clock } from '@paymesh/common/clock';
import { maskText } from '@paymesh/common/mask';
import type { Tap } from '@paymesh/common/tap';

import { type LiveRules, servicesOfPolicies } from './config/index.ts';
import type { DecidedLimit, LimiterObserver } from './limiter/index.ts';

export interface TappedOptions {
  readonly observer: LimiterObserver;
  readonly tap: Tap;
  readonly rules: Pick<LiveRules, 'files'>;
  readonly clock: Clock;
}

/** Texts of a client in one line. */
const MAX_ENTRIES = 10;
const MAX_TEXT = 100;
/** A text is masked before it is cut, so that no cut hides a card number from the mask; longer ones are not shown. */
const MAX_MASKED = 1_024;

/** The observer, with each decision on a limit told to those who watch too. */
export function tapped({ observer, tap, rules, clock }: TappedOptions): LimiterObserver {
  const servicesOf = createServicesOf(rules);
  return {
    ...observer,
    decided: (limit, nowMs) => {
      observer.decided(limit, nowMs);
      if (!tap.isWatched()) return;
      tap.publish({
        isDenied: limit.outcome === 'over' || limit.outcome === 'shadow_over',
        services: servicesOf(limit.rule.label),
        line: () => JSON.stringify(recordOf(limit, clock.now())),
      });
    },
  };
}

function recordOf({ domain, rule, entries, hits, outcome, share }: DecidedLimit, nowMs: number): object {
  return {
    time: new Date(nowMs).toISOString(),
    service: 'rate-limiter',
    msg: 'decision',
    decision: outcome,
    domain,
    limit: rule.label,
    hits,
    used: Math.round(share * 1_000) / 1_000,
    entries: Object.fromEntries(entries.slice(0, MAX_ENTRIES).map(({ key, value }) => [key, shown(value)])),
  };
}

function shown(text: string): string {
  return text.length > MAX_MASKED ? `(${text.length} characters)` : maskText(text).slice(0, MAX_TEXT);
}

/** The policies are read when somebody first asks after they changed. A label is `namespace/policy/limit`. */
function createServicesOf(rules: TappedOptions['rules']): (label: string) => readonly string[] {
  let files = rules.files();
  let known: ReadonlyMap<string, readonly string[]> | undefined;
  return (label) => {
    if (files !== rules.files()) [files, known] = [rules.files(), undefined];
    known ??= servicesOfPolicies(files);
    return known.get(label.slice(0, label.lastIndexOf('/'))) ?? [];
  };
}
