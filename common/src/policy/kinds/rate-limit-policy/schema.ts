import {
  boolean,
  checked,
  integer,
  list,
  number,
  numberAmong,
  object,
  oneOf,
  optional,
  type Reader,
  rate,
  reportKey,
  required,
  targetedFields,
  withDefault,
} from '../../schema/index.ts';
import type { RateLimitPolicySpec } from '../../types.ts';
import { limit } from './limit.ts';

type Guard = NonNullable<RateLimitPolicySpec['guard']>;
type OnLimited = RateLimitPolicySpec['onLimited'];
type OnStoreDown = RateLimitPolicySpec['onStoreDown'];

/** Envoy's max_tokens is a uint32. */
const MOST_BURST = 4_294_967_295;

const guardFields = object<Guard>({
  rate: required('rate', rate),
  burst: optional('burst', integer({ min: 1, max: MOST_BURST, unit: 'requests' })),
});

const guard = checked(guardFields, ({ rate: { requests } }, place, context) => {
  if (requests > 0) return true;
  reportKey(context, 'PM2102', place, {
    key: 'rate',
    expected: 'a rate of at least 1 request: a guard that lets nothing pass would close the route',
    got: '0',
  });
  return false;
});

/** The refusals that Envoy knows; it takes no other. */
const STATUSES: readonly number[] = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423,
  424, 426, 428, 429, 431, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511,
];

const defaultOnLimited: OnLimited = { status: 429, retryAfter: true, headers: 'draft' };

const onLimited = object<OnLimited>({
  status: withDefault('status', numberAmong(STATUSES), defaultOnLimited.status),
  retryAfter: withDefault('retryAfter', boolean, defaultOnLimited.retryAfter),
  headers: withDefault('headers', oneOf(['draft', 'none']), defaultOnLimited.headers),
});

const onStoreDown = object<OnStoreDown>({
  fallback: required('fallback', oneOf(['Open', 'Closed', 'Local'])),
  factor: withDefault('factor', number({ min: 0.01, max: 1 }), 1),
});

/** How the spec of a RateLimitPolicy is read. What happens without the limiter must be stated. */
export const rateLimitPolicySchema: Reader<RateLimitPolicySpec> = object<RateLimitPolicySpec>({
  ...targetedFields(['Route', 'Service']),
  limits: required(
    'limits',
    list(limit, { max: 100, what: 'limits', identity: (item) => item.name, repeated: 'PM3011' }),
  ),
  guard: optional('guard', guard),
  onLimited: withDefault('onLimited', onLimited, defaultOnLimited),
  onStoreDown: required('onStoreDown', onStoreDown, {
    why: 'what holds while counts cannot be had, such as {fallback: Local, factor: 0.5}',
  }),
});
