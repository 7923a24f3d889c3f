import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Any, durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  ApiVersion,
  type HttpFilter,
  HttpFilterSchema,
  RateLimitFilter_XRateLimitHeadersRFCVersion,
  RateLimitFilterSchema,
  RateLimitPerRouteSchema,
  StatusCode,
} from '@paymesh/common/envoy';

import type { DescriptorEntryIr, ListenerIr, PolicyServiceIr, RateLimitIr, RouteIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import { groupBy } from '../group-by.ts';
import type { FilterTranslation } from './filter.ts';
import { grpcService } from './grpc-service.ts';
import { RATE_LIMIT_CLOSED, RATE_LIMIT_OPEN } from './names.ts';

/**
 * Limits counted by the rate limiter. What Envoy does when the limiter is silent and how it words a refusal
 * are set on the filter, not on a route: one instance for each way in use. The two usual ways are always
 * there, so that a first limit changes no listener; a route without rules makes no call.
 */
export const rateLimit: FilterTranslation = {
  chain: (listener) => {
    const { rateLimiter: service } = listener;
    return service === undefined ? [] : waysOf(listener).map((way) => filterOf(service, way));
  },
  perRoute: (route, { rateLimiter }) => (rateLimiter === undefined ? {} : rulesOf(route)),
};

/** Domain of all descriptors. */
const DOMAIN = 'paymesh';

type Way = Pick<RateLimitIr, 'onUnavailable' | 'status' | 'retryAfter' | 'headers'>;

const USUAL = { status: StatusCode.TooManyRequests, retryAfter: true, headers: 'draft' } as const;

function waysOf({ virtualHosts }: ListenerIr): Way[] {
  const ways: readonly Way[] = [
    { ...USUAL, onUnavailable: 'deny' },
    { ...USUAL, onUnavailable: 'allow' },
    ...virtualHosts.flatMap(({ routes }) => routes.flatMap(({ rateLimits }) => rateLimits)),
  ];
  const byName = new Map(ways.map((way) => [nameOf(way), way]));
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, way]) => way);
}

/** `paymesh.ratelimit.closed`, with what is unusual behind it: `.503`, `.no-retry-after`, `.no-headers`. */
function nameOf({ onUnavailable, status, retryAfter, headers }: Way): string {
  return [
    onUnavailable === 'deny' ? RATE_LIMIT_CLOSED : RATE_LIMIT_OPEN,
    ...(status === USUAL.status ? [] : [status]),
    ...(retryAfter === USUAL.retryAfter ? [] : ['no-retry-after']),
    ...(headers === USUAL.headers ? [] : ['no-headers']),
  ].join('.');
}

function filterOf(service: PolicyServiceIr, way: Way): HttpFilter {
  const { DRAFT_VERSION_03, OFF } = RateLimitFilter_XRateLimitHeadersRFCVersion;
  return create(HttpFilterSchema, {
    name: nameOf(way),
    configType: {
      case: 'typedConfig',
      value: pack(
        RateLimitFilterSchema,
        create(RateLimitFilterSchema, {
          domain: DOMAIN,
          // Without it Envoy waits 20 ms and lets the request pass.
          timeout: durationFromMs(service.timeoutMs),
          failureModeDeny: way.onUnavailable === 'deny',
          statusOnError: { code: StatusCode.ServiceUnavailable },
          rateLimitedStatus: { code: way.status as StatusCode },
          enableXRatelimitHeaders: way.headers === 'draft' ? DRAFT_VERSION_03 : OFF,
          enableRetryAfterHeader: way.retryAfter,
          rateLimitService: { transportApiVersion: ApiVersion.V3, grpcService: grpcService(service) },
        }),
      ),
    },
  });
}

/** Rules stand here and never in route.rate_limits, where Envoy drops part of them silently (envoy-filters 0.4). */
function rulesOf({ rateLimits }: RouteIr): Readonly<Record<string, Any>> {
  const byFilter = groupBy(rateLimits, nameOf);
  return Object.fromEntries(
    [...byFilter].map(([name, limits]) => [
      name,
      pack(
        RateLimitPerRouteSchema,
        create(RateLimitPerRouteSchema, {
          rateLimits: limits.map(({ entries }) => ({ actions: entries.map(actionOf) })),
        }),
      ),
    ]),
  );
}

type ActionInit = NonNullable<
  NonNullable<MessageInitShape<typeof RateLimitPerRouteSchema>['rateLimits']>[number]['actions']
>[number];

function actionOf(entry: DescriptorEntryIr): ActionInit {
  switch (entry.kind) {
    case 'fixed':
      return {
        actionSpecifier: {
          case: 'genericKey',
          value: { descriptorKey: entry.key, descriptorValue: entry.value },
        },
      };
    case 'header':
      return {
        actionSpecifier: {
          case: 'requestHeaders',
          value: { descriptorKey: entry.key, headerName: entry.header },
        },
      };
    case 'remoteAddress':
      return { actionSpecifier: { case: 'remoteAddress', value: {} } };
  }
}
