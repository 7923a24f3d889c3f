import type { Bucket } from './bucket.ts';
import type { QuotaView } from './types.ts';

/** A bucket for people. */
export function viewOf({ name, rule, members }: Bucket): QuotaView {
  return {
    domain: name.domain,
    id: name.entries,
    ...(rule === undefined ? {} : { limit: rule.label, requests: rule.requests, periodMs: rule.periodMs }),
    streams: [...members].map(([stream, { demand, share, sent }]) => ({
      stream,
      demandPerSecond: Math.round((demand.perSecond ?? 0) * 100) / 100,
      share,
      assignment: sent,
    })),
  };
}
