import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  FractionalPercent_DenominatorType,
  HttpFilterSchema,
  LocalRateLimitSchema,
  RateLimitFilter_XRateLimitHeadersRFCVersion,
} from '@paymesh/common/envoy';

import type { GuardIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import type { FilterTranslation } from './filter.ts';
import { LOCAL_RATE_LIMIT } from './names.ts';

/**
 * The guard of a route: a bucket of its own in each proxy. The filter is always there, so that a guard that is typed in the
 * middle of a flood holds on the connections of the flood too; without a bucket it limits nothing.
 */
export const localRateLimit: FilterTranslation = {
  chain: ({ direction }) =>
    direction === 'outbound'
      ? []
      : [
          create(HttpFilterSchema, {
            name: LOCAL_RATE_LIMIT,
            configType: {
              case: 'typedConfig',
              value: pack(LocalRateLimitSchema, create(LocalRateLimitSchema, { statPrefix: STAT_PREFIX })),
            },
          }),
        ],
  perRoute: ({ guard }) => (guard === undefined ? {} : { [LOCAL_RATE_LIMIT]: bucketOf(guard) }),
};

const STAT_PREFIX = 'guard';

const MS_PER_SECOND = 1_000;

/** All settings: those of a route stand in for those of the filter as a whole (envoy-filters 3). */
function bucketOf({ requests, perSeconds, burst, isShadow }: GuardIr) {
  return pack(
    LocalRateLimitSchema,
    create(LocalRateLimitSchema, {
      statPrefix: STAT_PREFIX,
      tokenBucket: {
        maxTokens: burst,
        tokensPerFill: requests,
        fillInterval: durationFromMs(perSeconds * MS_PER_SECOND),
      },
      // Without both it limits nothing.
      filterEnabled: share(100),
      filterEnforced: share(isShadow ? 0 : 100),
      // Those of the limiter would be sent twice.
      enableXRatelimitHeaders: RateLimitFilter_XRateLimitHeadersRFCVersion.OFF,
    }),
  );
}

function share(numerator: number) {
  return { defaultValue: { numerator, denominator: FractionalPercent_DenominatorType.HUNDRED } };
}
