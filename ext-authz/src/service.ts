import { type Clock, systemClock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import type { Registry } from '@paymesh/common/metrics';
import { createTap, type Tap } from '@paymesh/common/tap';

import { type AuditOptions, createAudit, decisionRecord } from './audit/index.ts';
import { type Check, createCheck } from './check/index.ts';
import { type AuthzMetrics, createMetrics } from './metrics.ts';
import { type ClaimNonce, createPipeline } from './pipeline/index.ts';
import {
  createEmbeddedStore,
  createStoreChoice,
  type NonceClaim,
  type NonceFile,
  type NonceStore,
} from './replay/index.ts';
import type { RuleBook } from './rules/index.ts';
import { toAuditEntry } from './to-audit-entry.ts';

export interface AuthzServiceOptions {
  readonly book: RuleBook;
  readonly log: Logger;
  readonly registry: Registry;
  /** Where the decision log goes, and how much of it. */
  readonly audit: Omit<AuditOptions, 'clock' | 'onDropped'>;
  /** Default: the clock of this machine. */
  readonly clock?: Clock;
  /** By which the embedded store forgets. Default: a monotonic one. */
  readonly storeClock?: Clock | undefined;
  /** Given, all nonces are kept there, also of policies that say `embedded`: replicas must share them. */
  readonly redis?: NonceStore | undefined;
  /** Bound of the embedded store. Default 1 000 000. */
  readonly maxNonces?: number | undefined;
  /** What the embedded store remembers across restarts with. Default: nothing. */
  readonly nonceFile?: NonceFile | undefined;
}

/** Everything between a CheckRequest and its CheckResponse; it opens no sockets. */
export interface AuthzService {
  readonly check: Check;
  readonly metrics: AuthzMetrics;
  /** The decisions while somebody watches. */
  readonly tap: Tap;
  close(): Promise<void>;
}

/** Wires the stores, the pipeline, the audit and the metrics. Closing it closes the stores and the audit. */
export function createAuthzService(options: AuthzServiceOptions): AuthzService {
  const { book, log, registry, redis, maxNonces, nonceFile, storeClock, clock = systemClock } = options;
  const embedded = createEmbeddedStore({ maxEntries: maxNonces, file: nonceFile, clock: storeClock });
  const metrics = createMetrics({
    registry,
    countNonces: () => embedded.size(),
    keySets: () => book.keySets(),
    serviceOf: (route) => book.routes().get(route),
  });
  const onError = (error: unknown) => log.error({ err: error }, 'check failed and was denied');
  const decide = createPipeline({
    claimNonce: timedClaim(embedded, redis, metrics),
    findAccess: (id) => book.access().get(id),
    onError,
  });
  const tap = createTap({ registry, clock });
  const audit = createAudit({
    ...options.audit,
    clock,
    onDropped: (cause, lines) => metrics.auditDropped(cause, lines),
  });
  return {
    check: createCheck({
      revision: () => book.revision(),
      decide: (message) => decide(message, book.current(), clock.now()),
      onDecision: (decision, message, startedMs) => {
        metrics.decided(decision, message?.routeId, secondsSince(startedMs));
        const target = message && book.routes().get(message.routeId);
        const entryOf = () => toAuditEntry(decision, message, { revision: book.revision(), target });
        if (audit.wants(decision.kind)) audit.write(entryOf());
        if (!tap.isWatched()) return;
        tap.publish({
          isDenied: decision.kind !== 'allow',
          services: target === undefined ? [] : [target],
          line: () => decisionRecord(entryOf(), clock.now()),
        });
      },
      onError,
    }),
    metrics,
    tap,
    close: async () => {
      await Promise.all([embedded.close(), redis?.close(), audit.close()]);
    },
  };
}

/** With a Redis all nonces are there; what a policy says of its outage decides who answers in it. */
function timedClaim(embedded: NonceStore, redis: NonceStore | undefined, metrics: AuthzMetrics): ClaimNonce {
  const name = redis === undefined ? 'embedded' : 'redis';
  const choose =
    redis === undefined
      ? () => embedded
      : createStoreChoice({
          primary: redis,
          local: embedded,
          onLocal: (claim) => metrics.claimedLocally(claim),
        });
  return ({ store, onStoreDown, key, ttlMs, attempt }) => {
    // Without Redis a policy that wants it was refused at start; if one came this far, deny.
    if (store === 'redis' && redis === undefined) return 'unavailable';
    const startedMs = performance.now();
    const told = (claim: NonceClaim): NonceClaim => {
      metrics.claimed(name, claim, secondsSince(startedMs));
      return claim;
    };
    const claim = choose(onStoreDown).claim(key, ttlMs, attempt === '' ? undefined : attempt);
    return claim instanceof Promise ? claim.then(told) : told(claim);
  };
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1_000;
}
