import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  type HttpFilter,
  HttpFilterSchema,
  HttpRequestHeaderMatchInputSchema,
  type Matcher_OnMatchSchema,
  type MatcherSchema,
  RateLimitQuotaBucketSettingsSchema,
  RateLimitQuotaFilterConfigSchema,
  RateLimitStrategy_BlanketRule,
  type StatusCode,
} from '@paymesh/common/envoy';
import { LIMIT_PAIR } from '@paymesh/common/policy';

import { pack } from '../any.ts';
import { meshHost } from '../mesh-host.ts';
import type { FilterTranslation, QuotaStyle } from './filter.ts';
import { QUOTA } from './names.ts';
import { nameOfStyle, quotaHeader } from './quota-style.ts';

type Matcher = MessageInitShape<typeof MatcherSchema>;
type OnMatch = MessageInitShape<typeof Matcher_OnMatchSchema>;

/**
 * Limits that a proxy keeps by itself, in parts that the rate limiter gives it (RLQS). One request takes one bucket of an
 * instance, so there is one for each limit that a route may have. What it limits stands in headers (quota-headers.ts), so
 * that neither names nor numbers of limits are in the listener.
 */
export const rateLimitQuota: FilterTranslation = {
  chain: ({ quotaCluster, quotaSlots, quotaStyles }) =>
    quotaCluster === undefined
      ? []
      : Array.from({ length: quotaSlots }, (_, slot) => filterOf(quotaCluster, quotaStyles, slot)),
  perRoute: () => ({}),
};

/** Domain of all bucket ids, as of all descriptors. */
const DOMAIN = 'paymesh';

/** Envoy 1.40 reports every 5 s whatever stands here. */
const REPORT_MS = 5_000;

/** So long after its end an assignment still decides what passes; then the bucket is as new. */
const EXPIRED_MS = 3_600_000;

function filterOf(cluster: string, styles: readonly QuotaStyle[], slot: number): HttpFilter {
  return create(HttpFilterSchema, {
    name: `${QUOTA}.${slot + 1}`,
    configType: {
      case: 'typedConfig',
      value: pack(
        RateLimitQuotaFilterConfigSchema,
        create(RateLimitQuotaFilterConfigSchema, {
          domain: DOMAIN,
          rlqsServer: {
            targetSpecifier: {
              case: 'envoyGrpc',
              value: { clusterName: cluster, authority: meshHost(cluster) },
            },
          },
          bucketMatchers: byStyle(styles, slot),
        }),
      ),
    },
  });
}

/** A route without such a limit has no header, matches nothing, and passes. */
function byStyle(styles: readonly QuotaStyle[], slot: number): Matcher {
  const choices = styles.map((style) => [nameOfStyle(style), chosen(style, slot)] as const);
  return {
    matcherType: {
      case: 'matcherTree',
      value: {
        input: headerInput(quotaHeader(slot)),
        treeType: { case: 'exactMatchMap', value: { map: Object.fromEntries(choices) } },
      },
    },
  };
}

/** A request without a value is counted with others of its kind: Envoy lets one pass whose id it cannot build. */
function chosen(style: QuotaStyle, slot: number): OnMatch {
  if (style.keys.length === 0) return bucket(style, slot, []);
  const whole = style.keys.map((_, index) => isThere(valueHeader(slot, index)));
  const [first] = whole;
  const predicate =
    whole.length === 1 && first !== undefined
      ? first
      : ({ matchType: { case: 'andMatcher', value: { predicate: whole } } } as const);
  return {
    onMatch: {
      case: 'matcher',
      value: {
        matcherType: {
          case: 'matcherList',
          value: { matchers: [{ predicate, onMatch: bucket(style, slot, style.keys) }] },
        },
        onNoMatch: bucket(style, slot, []),
      },
    },
  };
}

function isThere(name: string) {
  return {
    matchType: {
      case: 'singlePredicate',
      value: {
        input: headerInput(name),
        matcher: {
          case: 'valueMatch',
          value: {
            matchPattern: {
              case: 'safeRegex',
              value: { engineType: { case: 'googleRe2', value: {} }, regex: '.+' },
            },
          },
        },
      },
    },
  } as const;
}

function bucket(style: QuotaStyle, slot: number, keys: readonly string[]): OnMatch {
  const name = quotaHeader(slot);
  const parts = [
    [LIMIT_PAIR, `${name}-limit`] as const,
    ...keys.map((key, index) => [key, valueHeader(slot, index)] as const),
  ];
  const builder = Object.fromEntries(
    parts.map(([key, header]) => [
      key,
      { valueSpecifier: { case: 'customValue' as const, value: headerInput(header) } },
    ]),
  );
  const settings = create(RateLimitQuotaBucketSettingsSchema, {
    bucketIdBuilder: { bucketIdBuilder: builder },
    reportingInterval: durationFromMs(REPORT_MS),
    denyResponseSettings: { httpStatus: { code: style.status as StatusCode } },
    noAssignmentBehavior: { noAssignmentBehavior: fallbackOf(style) },
    expiredAssignmentBehavior: {
      expiredAssignmentBehaviorTimeout: durationFromMs(EXPIRED_MS),
      expiredAssignmentBehavior: fallbackOf(style),
    },
  });
  return {
    onMatch: {
      case: 'action',
      value: { name: 'bucket', typedConfig: pack(RateLimitQuotaBucketSettingsSchema, settings) },
    },
  };
}

/**
 * Until the first assignment, and after the end of the last. Envoy 1.40 lets all pass with `reuse_last_assignment`, so where
 * a part is to outlive the limiter, the limiter gives it for longer.
 */
function fallbackOf({ onUnavailable }: QuotaStyle) {
  const { ALLOW_ALL, DENY_ALL } = RateLimitStrategy_BlanketRule;
  const value = onUnavailable === 'deny' ? DENY_ALL : ALLOW_ALL;
  return { case: 'fallbackRateLimit', value: { strategy: { case: 'blanketRule', value } } } as const;
}

function headerInput(headerName: string) {
  return {
    name: headerName,
    typedConfig: pack(
      HttpRequestHeaderMatchInputSchema,
      create(HttpRequestHeaderMatchInputSchema, { headerName }),
    ),
  };
}

function valueHeader(slot: number, index: number): string {
  return `${quotaHeader(slot)}-value-${index + 1}`;
}
