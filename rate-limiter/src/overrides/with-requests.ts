import type { Allowance } from '../match/index.ts';

type Limited = Exclude<Allowance, { kind: 'unlimited' }>;

/** What is allowed with another number of requests; a bucket holds more or less in proportion, at least one. */
export function withRequests(allowance: Limited, requests: number): Allowance {
  if (allowance.kind !== 'rate' || allowance.algorithm.kind !== 'bucket') return { ...allowance, requests };
  const { burst } = allowance.algorithm;
  const ratio = allowance.requests === 0 ? 1 : requests / allowance.requests;
  return {
    ...allowance,
    requests,
    algorithm: { kind: 'bucket', burst: Math.max(1, Math.round(burst * ratio)) },
  };
}
