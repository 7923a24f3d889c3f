import { extAuthz } from './ext-authz.ts';
import type { FilterTranslation } from './filter.ts';
import { jwtAuthn } from './jwt-authn.ts';
import { localRateLimit } from './local-rate-limit.ts';
import { quotaHeaders } from './quota-headers.ts';
import { rateLimit } from './rate-limit.ts';
import { rateLimitQuota } from './rate-limit-quota.ts';
import { rbac } from './rbac.ts';
import { router } from './router.ts';

/** A filter and why it stands where it does. */
export interface PlacedFilter {
  readonly filter: FilterTranslation;
  readonly reason: string;
}

/** The one order of HTTP filters, for all listeners; each request passes from the first to the last. */
export const FILTER_ORDER: readonly PlacedFilter[] = [
  { filter: localRateLimit, reason: 'first, so that a flood costs neither a signature nor a call' },
  {
    filter: jwtAuthn,
    reason: 'before the rules, for the rules after it rest on claims that it has verified',
  },
  { filter: rbac, reason: 'before ext_authz: what the proxy can refuse by itself costs no check' },
  {
    filter: extAuthz,
    reason: 'sets the principal (and overwrites a forged one) before anything counts or logs by it',
  },
  {
    filter: rateLimit,
    reason: 'after ext_authz, since descriptors made of its headers before it count what a client claims',
  },
  {
    filter: quotaHeaders,
    reason:
      'right before rate_limit_quota, for which it writes down what the route limits; after ext_authz sets the principal',
  },
  {
    filter: rateLimitQuota,
    reason: 'after ratelimit: what the service refuses takes nothing of the part of this proxy',
  },
  { filter: router, reason: 'Envoy accepts it in the last place only' },
];
