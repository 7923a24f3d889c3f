import type { GuardedHandler } from '@paymesh/common/admin';
import type { Clock } from '@paymesh/common/clock';

import type { Counters } from '../limiter/index.ts';
import type { Quotas } from '../rlqs/index.ts';
import type { TopKeys } from '../top/index.ts';
import { wrong } from './answers.ts';
import { counterRoutes } from './counter-routes.ts';
import { type OverrideRoutesOptions, overrideRoutes } from './override-routes.ts';

export interface AdminRoutesOptions {
  readonly counters: Counters;
  readonly overrides: OverrideRoutesOptions;
  /** What proxies keep by themselves. */
  readonly quotas: Pick<Quotas, 'view' | 'holders'>;
  readonly top: TopKeys;
  readonly clock: Clock;
}

/** What operators see of counters and callers, and what they may change. */
export function adminRoutes(options: AdminRoutesOptions): Readonly<Record<string, GuardedHandler>> {
  const { counters, overrides, quotas, top, clock } = options;
  return {
    ...counterRoutes(counters, quotas),
    ...overrideRoutes(overrides),
    'GET /quota': () => ({ body: { buckets: quotas.view() } }),
    'GET /top': ({ query }) => {
      const by = query.get('by') ?? 'over';
      if (by !== 'over' && by !== 'hits') return wrong('by: expected "over" or "hits"');
      const domain = query.get('domain');
      if (domain === null) return wrong('domain: expected the name of a domain');
      return { body: top.list({ domain, by }, clock.now()) };
    },
  };
}
