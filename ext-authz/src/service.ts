import { type Clock, systemClock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import type { Registry } from '@paymesh/common/metrics';

import { createAudit } from './audit/index.ts';
import { type Check, createCheck } from './check/index.ts';
import { type AuthzMetrics, createMetrics } from './metrics.ts';
import { type ClaimNonce, createPipeline } from './pipeline/index.ts';
import { createEmbeddedStore, type NonceStore } from './replay/index.ts';
import type { RuleBook } from './rules/index.ts';

export interface AuthzServiceOptions {
  readonly book: RuleBook;
  readonly log: Logger;
  readonly registry: Registry;
  /** Default: the clock of this machine. */
  readonly clock?: Clock;
  /** Given, all nonces are kept there, also of policies that say `embedded`: replicas must share them. */
  readonly redis?: NonceStore | undefined;
  /** Bound of the embedded store. Default 1 000 000. */
  readonly maxNonces?: number | undefined;
}

/** Everything between a CheckRequest and its CheckResponse; it opens no sockets. */
export interface AuthzService {
  readonly check: Check;
  readonly metrics: AuthzMetrics;
  close(): Promise<void>;
}

/** Wires the stores, the pipeline, the audit and the metrics. Closing it closes the stores. */
export function createAuthzService(options: AuthzServiceOptions): AuthzService {
  const { book, log, registry, redis, maxNonces, clock = systemClock } = options;
  const embedded = createEmbeddedStore(maxNonces === undefined ? {} : { maxEntries: maxNonces });
  const metrics = createMetrics({ registry, countNonces: () => embedded.size() });
  const onError = (error: unknown) => log.error({ err: error }, 'check failed and was denied');
  const decide = createPipeline({
    claimNonce: timedClaim(embedded, redis, metrics),
    findAccess: (id) => book.access().get(id),
    onError,
  });
  const audit = createAudit({ log, clock, onDropped: () => metrics.auditDropped() });
  return {
    check: createCheck({
      decide: (message) => decide(message, book.current(), clock.now()),
      onDecision: (decision, message, startedMs) => {
        metrics.decided(decision, secondsSince(startedMs));
        audit(decision, message);
      },
      onError,
    }),
    metrics,
    close: async () => {
      await Promise.all([embedded.close(), redis?.close()]);
    },
  };
}

function timedClaim(embedded: NonceStore, redis: NonceStore | undefined, metrics: AuthzMetrics): ClaimNonce {
  return async ({ store, key, ttlMs }) => {
    const startedMs = performance.now();
    // Without Redis a policy that wants it was refused at start; if one came this far, deny.
    if (store === 'redis' && redis === undefined) return 'unavailable';
    const claim = await (redis ?? embedded).claim(key, ttlMs);
    metrics.claimed(redis === undefined ? 'embedded' : 'redis', claim, secondsSince(startedMs));
    return claim;
  };
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1_000;
}
