import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ClusterActionSchema,
  HttpRequestHeaderMatchInputSchema,
  type Matcher_OnMatchSchema,
  type MatcherClusterSpecifier,
  MatcherClusterSpecifierSchema,
  type RouteActionSchema,
} from '@paymesh/common/envoy';

import type { RetryIr, RouteIr } from '../ir/index.ts';
import { pack } from './any.ts';
import { FAILOVER_PRIORITY } from './breakers.ts';
import { HEADER, SAFE_RETRY_ON } from './header-names.ts';
import { retryPolicy } from './retry.ts';

/** A route with more than one provider and a try for a second one. */
export type FailoverRoute = RouteIr & { readonly retry: RetryIr };

/** True for a route that goes from one provider to the next. */
export function isFailover(route: RouteIr): route is FailoverRoute {
  return route.clusters.length > 1 && (route.retry?.attempts ?? 0) > 0;
}

/**
 * "The next provider when the one before was not reached", inside one request (form M of envoy-resilience 2):
 * the cluster is chosen by the number of tries made, and chosen anew for each try. Unlike an aggregate
 * cluster it keeps each provider's own breakers, metrics and upstream filters.
 */
export function failoverAction({
  clusters,
  retry,
}: FailoverRoute): MessageInitShape<typeof RouteActionSchema> {
  return {
    clusterSpecifier: {
      case: 'inlineClusterSpecifierPlugin',
      value: {
        extension: {
          name: 'envoy.router.cluster_specifier_plugin.matcher',
          typedConfig: pack(
            MatcherClusterSpecifierSchema,
            byAttempt(clusterOfEachTry(clusters, retry.attempts + 1)),
          ),
        },
      },
    },
    // Each provider is called by its own name.
    hostRewriteSpecifier: { case: 'autoHostRewrite', value: { value: true } },
    priority: FAILOVER_PRIORITY,
    retryPolicy: { ...retryPolicy(safeRetry(retry)), refreshClusterOnRetry: true },
  };
}

/**
 * Which cluster each try goes to. Every provider has one try; tries beyond that go to the first providers,
 * whose other instances are better than another provider: three tries for A, B are A, A, B.
 */
export function clusterOfEachTry(clusters: readonly string[], tries: number): string[] {
  const each = Math.floor(tries / clusters.length);
  const extra = tries % clusters.length;
  return clusters.flatMap((cluster, index) =>
    Array.from({ length: each + (index < extra ? 1 : 0) }, () => cluster),
  );
}

/** An idempotency key holds at one provider only: whatever the IR says, a second one is asked after safe failures alone. */
function safeRetry(retry: RetryIr): RetryIr {
  const on = retry.on.filter((condition) => SAFE_RETRY_ON.includes(condition));
  return { ...retry, on: on.length === 0 ? SAFE_RETRY_ON : on };
}

/** The header is absent when the first cluster is chosen, and "1" when the first try has failed. */
function byAttempt([first = '', ...later]: readonly string[]): MatcherClusterSpecifier {
  const choices = later.map((cluster, index) => [String(index + 1), choose(cluster)] as const);
  return create(MatcherClusterSpecifierSchema, {
    clusterMatcher: {
      matcherType: {
        case: 'matcherTree',
        value: {
          input: {
            name: 'attempt',
            typedConfig: pack(
              HttpRequestHeaderMatchInputSchema,
              create(HttpRequestHeaderMatchInputSchema, { headerName: HEADER.attemptCount }),
            ),
          },
          treeType: { case: 'exactMatchMap', value: { map: Object.fromEntries(choices) } },
        },
      },
      onNoMatch: choose(first),
    },
  });
}

function choose(cluster: string): MessageInitShape<typeof Matcher_OnMatchSchema> {
  return {
    onMatch: {
      case: 'action',
      value: {
        name: cluster,
        typedConfig: pack(ClusterActionSchema, create(ClusterActionSchema, { cluster })),
      },
    },
  };
}
