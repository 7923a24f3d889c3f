import { createHash } from 'node:crypto';

import type { Allowance, Entry } from '../match/index.ts';

/** Longer keys are replaced by their digest, so that a client cannot choose how much memory a counter takes. */
const MAX_LENGTH = 200;

/**
 * Names the counter of some entries; for windows the store appends their start. Each text carries its length, so
 * `a`,`b_c` and `a_b`,`c` never meet. The braces put all counters of a domain into one slot of a Redis cluster,
 * where one script can reach them.
 */
export function counterKey(domain: string, entries: readonly Entry[], allowance: Allowance): string {
  let path = measureText(allowance);
  for (const { key, value } of entries) path += `|${key.length}:${key}${value.length}:${value}`;
  const tag = domain.length > MAX_LENGTH ? digest(domain) : domain;
  return `paymesh:rl:{${tag.length}:${tag}}:${path.length > MAX_LENGTH ? digest(path) : path}:`;
}

/** Names the counter of some entries of a domain. */
export type CounterKey = typeof counterKey;

/**
 * Names fixed windows as envoyproxy/ratelimit does, so that both count in the same Redis while one takes over from
 * the other: texts joined by `_`, which may collide, and no braces, so that each has a slot of its own in a
 * cluster. `prefix` is its CACHE_KEY_PREFIX. What it does not know keeps the names of `counterKey`.
 */
export function ratelimitKey(prefix: string): CounterKey {
  return (domain, entries, allowance) => {
    const isKnown =
      allowance.kind === 'rate' && allowance.algorithm.kind === 'fixed' && allowance.period.every === 1;
    if (!isKnown) return counterKey(domain, entries, allowance);
    return `${prefix}${domain}_${entries.map(({ key, value }) => `${key}_${value}_`).join('')}`;
  };
}

/** How a limit measures, without the limit itself: limits that measure alike share a counter. */
export function measureText(allowance: Allowance): string {
  switch (allowance.kind) {
    case 'unlimited':
      return 'unlimited';
    case 'concurrency':
      // Its slices are counted in tenths of it, so those of another length mean nothing.
      return `concurrency:${allowance.holdMs}`;
    case 'rate': {
      const { algorithm, period } = allowance;
      const text = period.every === 1 ? period.unit : `${period.every}${period.unit}`;
      if (algorithm.kind === 'fixed') return text;
      return algorithm.kind === 'calendar' ? `${text}@${algorithm.timeZone}` : `${algorithm.kind}:${text}`;
    }
  }
}

function digest(text: string): string {
  return `sha256=${createHash('sha256').update(text).digest('base64url')}`;
}
