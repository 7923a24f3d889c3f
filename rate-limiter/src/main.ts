import { randomUUID } from 'node:crypto';

import { type AdminAddress, startAdminServer } from '@paymesh/common/admin';
import { systemClock } from '@paymesh/common/clock';
import type { HostPort } from '@paymesh/common/config';
import {
  type GrpcServer,
  startGrpcServer,
  startUnaryServer,
  type UnaryServerOptions,
} from '@paymesh/common/grpc';
import type { Running } from '@paymesh/common/lifecycle';
import { createRegistry } from '@paymesh/common/metrics';
import { readRedisAccess } from '@paymesh/common/redis';
import type { Secret } from '@paymesh/common/secret';
import { createTap } from '@paymesh/common/tap';
import { openTracing } from '@paymesh/common/tracing';

import { type AdminRoutesOptions, adminRoutes } from './admin/index.ts';
import { findingLine, type LiveRules } from './config/index.ts';
import { describeRules } from './describe-rules.ts';
import { type JsonServer, startJsonServer } from './json/index.ts';
import {
  type CountersOptions,
  createCounters,
  createLimiter,
  type GlobalModes,
  type Limiter,
  type LimiterObserver,
  ratelimitKey,
} from './limiter/index.ts';
import type { HeaderStyle } from './match/index.ts';
import { createMetrics, type RateLimiterMetrics } from './metrics.ts';
import { openOverrides } from './open-overrides.ts';
import { openRules, type RulesOptions } from './open-rules.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import {
  createFindQuotaRule,
  createOverrideChanges,
  createPeers,
  createQuotas,
  createRlqsService,
  type FindQuotaRuleOptions,
  openRedisExchange,
  type Quotas,
  TICK_MS,
} from './rlqs/index.ts';
import { createJsonAnswer, createRlsService } from './rls/index.ts';
import { createEmbeddedStore, openingStore } from './store/index.ts';
import { tapped } from './tapped.ts';
import { createTopKeys, type TopKeys } from './top/index.ts';

export interface RateLimiterOptions extends StoreOptions, RulesOptions {
  readonly listen: HostPort;
  /** Where proxies ask for quotas (RLQS). Default: a free port of loopback. */
  readonly rlqsListen?: AdminAddress;
  readonly admin: AdminAddress;
  /** Collector of spans (OTLP/gRPC). Default: none, and no call is looked at. */
  readonly otlp?: HostPort | undefined;
  /** Shadow or quota mode for all rules. Default: both off. */
  readonly modes?: GlobalModes;
  /**
   * Names the counters of fixed windows as envoyproxy/ratelimit does with this CACHE_KEY_PREFIX, so that both may
   * count in one Redis. Default: names of our own.
   */
  readonly ratelimitKeyPrefix?: string;
  /** Where POST /json and GET /healthcheck are served. Default: nowhere. */
  readonly httpListen?: HostPort | undefined;
  /** Headers that tell of limits, for rules of envoyproxy/ratelimit files. Default none. */
  readonly responseHeaders?: HeaderStyle | undefined;
  /** What callers of the admin port must bear to see or change counters. Default: they must be on this machine. */
  readonly adminToken?: Secret | undefined;
  /** Keeps overrides of tenants without Redis; default: they are gone with the process. */
  readonly overridesFile?: string | undefined;
}

const DRAIN_MS = 5_000;
/** What an envoyproxy/ratelimit is asked for. */
const HEALTH_NAMES = ['ratelimit'];
/** A request holds texts of headers, and Envoy takes no more than some KiB of them. */
const MAX_RECEIVE_BYTES = 1_048_576;

/**
 * Starts the rate limiter. Rejects when the folder cannot be read or has errors, with all of them in the
 * message. With an empty folder, or a control plane that is away, it starts, is not ready, and answers UNAVAILABLE
 * until there is a good set. With a last good set on disk all of these start with that, and say so.
 */
export async function startRateLimiter(options: RateLimiterOptions): Promise<Running> {
  const { admin, log, clock = systemClock, modes, ratelimitKeyPrefix, responseHeaders, adminToken } = options;
  const registry = createRegistry('rate-limiter');
  const metrics = createMetrics(registry);
  const { rules, follow } = await openRules({
    ...options,
    onLoad: metrics.countLoad,
    onConnected: metrics.setConnected,
  });

  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const opening = openingStore();
    closers.push(() => opening.close());
    const overrides = await openOverrides(options, log);
    closers.push(() => overrides.close());
    const top = createTopKeys();
    const tap = createTap({ registry, clock });
    const counting = {
      rules: rules.current,
      store: opening,
      clock,
      overrides: overrides.current,
      ...(ratelimitKeyPrefix !== undefined && { counterKey: ratelimitKey(ratelimitKeyPrefix) }),
    };
    const limiter = createLimiter({
      ...counting,
      localStore: createEmbeddedStore({ maxCounters: options.maxCounters }),
      observer: tapped({ observer: withTopKeys(metrics.observer, top), tap, rules, clock }),
      ...(modes !== undefined && { modes }),
    });
    const { quotas, close } = await openQuotas(options, counting, metrics);
    closers.push(close);
    const hasRules = (): boolean => rules.current() !== undefined;
    const isReady = (): boolean => opening.isOpen() && hasRules();
    // Before the store, which may take seconds to read, and the server, so that it still answers while that drains.
    const adminServer = await startAdminServer({
      listen: admin,
      registry,
      isReady,
      troubles: metrics.troubles,
      routes: { '/rules': () => rulesView(rules) },
      guarded: guardedRoutes(counting, { quotas, overrides, top, log }),
      streams: { '/decisions': tap.serve },
      ...(adminToken !== undefined && { token: adminToken }),
    });
    closers.push(() => adminServer.close());
    const addresses: Record<string, string> = { admin: adminServer.address };
    opening.open(await openStore(options, metrics, log));
    const http = await startHttp(options, limiter, isReady);
    if (http !== undefined) {
      closers.push(() => http.close());
      addresses['http'] = http.address;
    }
    const { server, close: closeCalls } = await startCalls(
      options,
      createRlsService({ limiter, log, onCall: metrics.observeCall, headers: responseHeaders }),
    );
    closers.push(closeCalls);
    const rlqs = await startRlqs(options, quotas, hasRules);
    closers.push(() => rlqs.close());
    const onRules = (): void => {
      for (const one of [server, rlqs.server]) one.setServing(hasRules());
      quotas.rulesChanged();
    };
    onRules();
    closers.push(follow(onRules));
    addresses['listen'] = server.address;
    addresses['rlqs'] = rlqs.server.address;
    return { addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What operators see and change. */
function guardedRoutes(
  counting: CountersOptions,
  { overrides, log, ...parts }: Pick<AdminRoutesOptions, 'quotas' | 'top'> & OverrideParts,
) {
  const { rules, clock } = counting;
  const counters = createCounters(counting);
  return adminRoutes({ ...parts, counters, overrides: { store: overrides, rules, log }, clock });
}

interface OverrideParts {
  readonly overrides: AdminRoutesOptions['overrides']['store'];
  readonly log: AdminRoutesOptions['overrides']['log'];
}

/** The server that Envoys ask, with spans where there is a collector. */
async function startCalls(
  { listen, log, otlp }: RateLimiterOptions,
  services: UnaryServerOptions['services'],
): Promise<{ readonly server: GrpcServer; readonly close: () => Promise<void> }> {
  const tracing = await openTracing({ component: 'rate-limiter', collector: otlp });
  const server = await startUnaryServer({
    listen,
    maxReceiveBytes: MAX_RECEIVE_BYTES,
    healthNames: HEALTH_NAMES,
    services: tracing.wrap(services),
    onError: (error) => log.error({ err: error }, 'a call failed'),
  });
  const close = async (): Promise<void> => {
    await server.drain(DRAIN_MS);
    await tracing.close();
  };
  return { server, close };
}

async function openQuotas(
  options: RateLimiterOptions,
  limits: FindQuotaRuleOptions,
  metrics: RateLimiterMetrics,
): Promise<{ readonly quotas: Quotas; readonly close: () => Promise<void> }> {
  const peers = await openPeers(options);
  const quotas = createQuotas({
    find: createFindQuotaRule(limits),
    hasChanged: createOverrideChanges(limits.overrides, limits.clock),
    clock: limits.clock,
    observer: metrics.quotas,
    ...(peers !== undefined && { peers: peers.peers }),
  });
  return { quotas, close: async () => peers?.close() };
}

async function startHttp(
  { httpListen, responseHeaders, log }: RateLimiterOptions,
  limiter: Limiter,
  isReady: () => boolean,
): Promise<JsonServer | undefined> {
  if (httpListen === undefined) return undefined;
  const answer = createJsonAnswer(limiter, responseHeaders);
  return startJsonServer({ listen: httpListen, answer, isReady, log });
}

function withTopKeys(observer: LimiterObserver, top: TopKeys): LimiterObserver {
  return {
    ...observer,
    decided: (limit, nowMs) => {
      observer.decided(limit, nowMs);
      const { domain, rule, key, entries, hits, outcome } = limit;
      if (outcome === 'unlimited') return;
      const isOver = outcome === 'over' || outcome === 'shadow_over';
      top.add({ domain, label: rule.label, key, entries, hits, isOver }, nowMs);
    },
  };
}

/** With a Redis, replicas divide limits among them; a replica is new with each start. */
async function openPeers({ redisUrl, redisFiles, log }: RateLimiterOptions) {
  if (redisUrl === undefined) return undefined;
  const exchange = await openRedisExchange(await readRedisAccess({ url: redisUrl, files: redisFiles }));
  const peers = createPeers({
    replica: randomUUID(),
    exchange,
    onChange: (error) => {
      if (error === undefined) log.info('replicas hear of each other again: quotas follow demand');
      else log.warn({ err: error }, 'replicas do not hear of each other: quotas stay as they are');
    },
  });
  return { peers, close: () => exchange.close() };
}

/** The server of quotas and the tick that renews them. Assignments are left to expire when it closes. */
async function startRlqs({ rlqsListen, log }: RateLimiterOptions, quotas: Quotas, hasRules: () => boolean) {
  const services = [createRlqsService({ quotas, hasRules, log })];
  const { orAnyFree = false, ...listen } = rlqsListen ?? { host: '127.0.0.1', port: 0 };
  const server = await startGrpcServer({ listen, services }).catch((error: unknown) => {
    if (!orAnyFree) throw error;
    return startGrpcServer({ listen: { ...listen, port: 0 }, services });
  });
  const timer = setInterval(() => quotas.tick(), TICK_MS);
  return {
    server,
    close: () => {
      clearInterval(timer);
      return server.drain(0);
    },
  };
}

function rulesView(rules: LiveRules): unknown {
  const current = rules.current();
  const failure = rules.failure();
  return {
    domains: current === undefined ? [] : describeRules(current),
    findings: rules.findings().map(findingLine),
    ...(failure !== undefined && { failure }),
  };
}
