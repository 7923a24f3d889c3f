import type { LimitSpec, Selector } from '../types.ts';

/** One entry of a rate-limit descriptor: a fixed value, or one taken from the request. */
export type DescriptorEntry =
  | { readonly key: string; readonly value: string }
  | { readonly key: string; readonly selector: Selector };

/**
 * The descriptor of one limit, in the order on the wire. The proxies send it and the limiter builds
 * its rule tree from it, so both must take it from here.
 */
export function descriptorEntries(
  policyId: string,
  limit: Pick<LimitSpec, 'name' | 'per'>,
): readonly DescriptorEntry[] {
  return [
    { key: 'policy', value: policyId },
    { key: 'limit', value: limit.name },
    ...limit.per.map((selector) => ({ key: selectorKey(selector), selector })),
  ];
}

/**
 * Key of the pair of a bucket id (RLQS) that stands for the entries `policy` and `limit`. One pair, for Envoy reads, copies and
 * hashes each anew for every request.
 */
export const LIMIT_PAIR = 'policy|limit';

/** Value of that pair. Neither a policy nor a limit has a bar in its name. */
export function limitPairValue(policyId: string, limitName: string): string {
  return `${policyId}|${limitName}`;
}

/** The entries that a pair of a bucket id stands for: two for the pair of a limit, else itself. */
export function entriesOfPair(key: string, value: string): readonly { key: string; value: string }[] {
  const bar = key === LIMIT_PAIR ? value.indexOf('|') : -1;
  if (bar < 0) return [{ key, value }];
  return [
    { key: 'policy', value: value.slice(0, bar) },
    { key: 'limit', value: value.slice(bar + 1) },
  ];
}

function selectorKey(selector: Selector): string {
  switch (selector.kind) {
    case 'principal':
      return 'principal';
    case 'remoteAddress':
      return 'remote_address';
    case 'header':
      return `header.${selector.name}`;
  }
}
