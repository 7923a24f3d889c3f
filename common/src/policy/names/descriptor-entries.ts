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
