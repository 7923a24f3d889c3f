import { costKey, takenKey } from '@paymesh/common/policy';

import type { CostIr, RateLimitIr, ReturnIr } from '../../ir/index.ts';

type LimitName = Pick<RateLimitIr, 'policy' | 'limit'>;

const EXT_AUTHZ_METADATA = 'envoy.filters.http.ext_authz';
const RATE_LIMIT_METADATA = 'envoy.filters.http.ratelimit';

/**
 * The amount that ext-authz read. Envoy drops a descriptor whose format yields nothing, and the request would not be
 * limited: where no amount was told it counts the most there can be.
 */
export function costFormat(limit: LimitName, { max }: CostIr): string {
  const key = costKey(labelOf(limit));
  const all = `metadata.filter_metadata['${EXT_AUTHZ_METADATA}']`;
  const isThere = `'${EXT_AUTHZ_METADATA}' in metadata.filter_metadata && '${key}' in ${all}`;
  return `%CEL(${isThere} ? ${all}['${key}'] : '${max}')%`;
}

/**
 * What goes back when the answer is out: of what the limiter said it took, so that nothing is given back of a request
 * that was denied or not counted, though Envoy makes the call for it too. Then the format yields nothing, and Envoy
 * drops the descriptor.
 */
export function returnFormat(limit: LimitName, returns: ReturnIr): string {
  const key = takenKey(labelOf(limit));
  const taken = `metadata.filter_metadata['${RATE_LIMIT_METADATA}']['${key}']`;
  switch (returns.kind) {
    case 'all':
      return `%DYNAMIC_METADATA(${RATE_LIMIT_METADATA}:${key})%`;
    case 'header': {
      const told = `response.headers['${returns.name}']`;
      return `%CEL(int(${told}) < int(${taken}) ? ${told} : ${taken})%`;
    }
    case 'statuses':
      return `%CEL(response.code in [${returns.statuses.join(', ')}] ? ${taken} : '')%`;
  }
}

function labelOf({ policy, limit }: LimitName): string {
  return `${policy}/${limit}`;
}
