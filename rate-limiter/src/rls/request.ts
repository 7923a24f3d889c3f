import type { RateLimitDescriptor, RateLimitRequest } from '@paymesh/common/envoy-ratelimit';

import { MAX_COUNT } from '../algorithm/index.ts';
import type { Descriptor, LimitRequest } from '../limiter/index.ts';
import { UNITS } from './units.ts';

/** Reads Envoy's message into the limiter's terms, where it came as JSON; `decodeRequest` reads its bytes. */
export function readRequest(message: RateLimitRequest): LimitRequest {
  // 0 means that the field was not set, and an unset one means 1.
  const defaultHits = Math.max(1, message.hitsAddend);
  return {
    domain: message.domain,
    descriptors: message.descriptors.map((descriptor) => readDescriptor(descriptor, defaultHits)),
  };
}

function readDescriptor(descriptor: RateLimitDescriptor, defaultHits: number): Descriptor {
  const { entries, limit, hitsAddend, isNegativeHits } = descriptor;
  const hits = hitsAddend === undefined ? defaultHits : clamp(hitsAddend);
  return {
    entries,
    hits: isNegativeHits && hits !== 0 ? -hits : hits,
    ...(limit !== undefined && { override: { requests: limit.requestsPerUnit, unit: UNITS[limit.unit] } }),
  };
}

/** uint64 to a number that is exact; counters stop there anyway. */
function clamp(hits: bigint): number {
  return hits > BigInt(MAX_COUNT) ? MAX_COUNT : Number(hits);
}
