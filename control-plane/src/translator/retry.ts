import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  PreviousHostsPredicateSchema,
  PreviousPrioritiesConfigSchema,
  type RetryPolicySchema,
} from '@paymesh/common/envoy';

import type { RetryIr, RouteIr } from '../ir/index.ts';
import { pack } from './any.ts';
import { HEADER, SAFE_RETRY_ON } from './header-names.ts';

/** What a caller does after a failed try. Hedging is never set: it sends twice whatever the conditions. */
export function retryPolicy(retry: RetryIr): MessageInitShape<typeof RetryPolicySchema> {
  return {
    retryOn: conditions(retry.on).join(','),
    numRetries: retry.attempts,
    ...(retry.perTryMs === undefined ? {} : { perTryTimeout: durationFromMs(retry.perTryMs) }),
    // A dead instance is not asked twice; five draws find another one nearly always.
    retryHostPredicate: [
      {
        name: 'envoy.retry_host_predicates.previous_hosts',
        configType: {
          case: 'typedConfig',
          value: pack(PreviousHostsPredicateSchema, create(PreviousHostsPredicateSchema)),
        },
      },
    ],
    hostSelectionRetryMaxAttempts: 5n,
    // The predicate does not leave a priority: a zone with one dead instance would be asked again and again.
    retryPriority: {
      name: 'envoy.retry_priorities.previous_priorities',
      configType: {
        case: 'typedConfig',
        value: pack(
          PreviousPrioritiesConfigSchema,
          create(PreviousPrioritiesConfigSchema, { updateFrequency: 1 }),
        ),
      },
    },
    retryBackOff: {
      baseInterval: durationFromMs(retry.backoffBaseMs),
      maxInterval: durationFromMs(Math.max(retry.backoffBaseMs, retry.backoffMaxMs)),
    },
    retriableHeaders: [{ name: HEADER.notSent, headerMatchSpecifier: { case: 'presentMatch', value: true } }],
  };
}

/** True when a try may follow one that an upstream has seen; never so between providers (failover.ts). */
export function mayResend({ clusters, retry }: RouteIr): boolean {
  return (
    clusters.length === 1 && (retry?.on.some((condition) => !SAFE_RETRY_ON.includes(condition)) ?? false)
  );
}

/**
 * Where "not connected" is retried, so is the answer of a proxy that could not connect to its program: to the
 * caller that is a 503 with a header, as the proxy itself was reached.
 */
function conditions(on: readonly string[]): string[] {
  return on.includes('connect-failure') ? [...on, 'retriable-headers'] : [...on];
}
