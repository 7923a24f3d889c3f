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

import type {
  DescriptorEntryIr,
  PolicyServiceIr,
  RateLimitIr,
  RouteIr,
  VirtualHostIr,
} from '../../ir/index.ts';
import { pack } from '../any.ts';
import { groupBy } from '../group-by.ts';
import type { FilterTranslation, LimitStyle } from './filter.ts';
import { grpcService } from './grpc-service.ts';
import { costFormat, returnFormat } from './hits.ts';
import { RATE_LIMIT_CLOSED, RATE_LIMIT_OPEN } from './names.ts';

/**
 * Limits counted by the rate limiter. What Envoy does when the limiter is silent and how it words a refusal
 * are set on the filter, not on a route: one instance for each way in use. The two usual ways are always
 * there, so that a first limit changes no listener; a route without rules makes no call.
 */
export const rateLimit: FilterTranslation = {
  chain: ({ rateLimiter: service, limitStyles: styles }) =>
    service === undefined ? [] : withUsual(styles).map((style) => filterOf(service, style)),
  perRoute: (route, { rateLimiter }) => (rateLimiter === undefined ? {} : rulesOf(route)),
};

/** Domain of all descriptors. */
const DOMAIN = 'paymesh';

const USUAL = { status: StatusCode.TooManyRequests, retryAfter: true, headers: 'draft' } as const;

/** How the limits of these routes are to act, each way once and in order. */
export function limitStylesOf(virtualHosts: readonly VirtualHostIr[]): LimitStyle[] {
  const limits = virtualHosts.flatMap(({ routes }) => routes.flatMap(({ rateLimits }) => rateLimits));
  return distinct(
    limits.map(({ onUnavailable, status, retryAfter, headers }) => ({
      onUnavailable,
      status,
      retryAfter,
      headers,
    })),
  );
}

function withUsual(styles: readonly LimitStyle[]): LimitStyle[] {
  return distinct([{ ...USUAL, onUnavailable: 'deny' }, { ...USUAL, onUnavailable: 'allow' }, ...styles]);
}

function distinct(styles: readonly LimitStyle[]): LimitStyle[] {
  const byName = new Map(styles.map((style) => [nameOf(style), style]));
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, style]) => style);
}

/** `paymesh.ratelimit.closed`, with what is unusual behind it: `.503`, `.no-retry-after`, `.no-headers`. */
function nameOf({ onUnavailable, status, retryAfter, headers }: LimitStyle): string {
  return [
    onUnavailable === 'deny' ? RATE_LIMIT_CLOSED : RATE_LIMIT_OPEN,
    ...(status === USUAL.status ? [] : [status]),
    ...(retryAfter === USUAL.retryAfter ? [] : ['no-retry-after']),
    ...(headers === USUAL.headers ? [] : ['no-headers']),
  ].join('.');
}

function filterOf(service: PolicyServiceIr, style: LimitStyle): HttpFilter {
  const { DRAFT_VERSION_03, OFF } = RateLimitFilter_XRateLimitHeadersRFCVersion;
  return create(HttpFilterSchema, {
    name: nameOf(style),
    configType: {
      case: 'typedConfig',
      value: pack(
        RateLimitFilterSchema,
        create(RateLimitFilterSchema, {
          domain: DOMAIN,
          // Without it Envoy waits 20 ms and lets the request pass.
          timeout: durationFromMs(service.timeoutMs),
          failureModeDeny: style.onUnavailable === 'deny',
          statusOnError: { code: StatusCode.ServiceUnavailable },
          rateLimitedStatus: { code: style.status as StatusCode },
          enableXRatelimitHeaders: style.headers === 'draft' ? DRAFT_VERSION_03 : OFF,
          enableRetryAfterHeader: style.retryAfter,
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
          rateLimits: limits.flatMap(rulesOfLimit),
        }),
      ),
    ]),
  );
}

type RuleInit = NonNullable<MessageInitShape<typeof RateLimitPerRouteSchema>['rateLimits']>[number];
type ActionInit = NonNullable<RuleInit['actions']>[number];

/** What is sent before the request, and what is sent when its answer is out. */
function rulesOfLimit(limit: RateLimitIr): RuleInit[] {
  const { entries, cost, returns } = limit;
  const actions = entries.map(actionOf);
  const before: RuleInit =
    cost === undefined ? { actions } : { actions, hitsAddend: { format: costFormat(limit, cost) } };
  if (returns === undefined) return [before];
  const hitsAddend = { format: returnFormat(limit, returns), isNegativeHits: true };
  return [before, { actions, applyOnStreamDone: true, hitsAddend }];
}

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
          // Without the header the entry is left out, not the descriptor: leaving a header away is no way around a
          // limit (rate-limiter/src/config/policy-rules.ts counts such requests together).
          value: { descriptorKey: entry.key, headerName: entry.header, skipIfAbsent: true },
        },
      };
    case 'remoteAddress':
      return { actionSpecifier: { case: 'remoteAddress', value: {} } };
  }
}
