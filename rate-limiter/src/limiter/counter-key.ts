import { createHash } from 'node:crypto';

import type { RateUnit } from '@paymesh/common/policy';

import type { Entry } from '../match/index.ts';

/** Longer keys are replaced by their digest, so that a client cannot choose how much memory a counter takes. */
const MAX_LENGTH = 200;

/**
 * Names the counter of some entries. Each text carries its length, so `a`,`b_c` and `a_b`,`c` never meet.
 * The braces put all counters of a domain into one slot of a Redis cluster, where one script can reach them.
 */
export function counterKey(domain: string, entries: readonly Entry[], unit: RateUnit): string {
  let path = unit as string;
  for (const { key, value } of entries) path += `|${key.length}:${key}${value.length}:${value}`;
  const tag = domain.length > MAX_LENGTH ? digest(domain) : domain;
  return `paymesh:rl:{${tag.length}:${tag}}:${path.length > MAX_LENGTH ? digest(path) : path}`;
}

function digest(text: string): string {
  return `sha256=${createHash('sha256').update(text).digest('base64url')}`;
}
