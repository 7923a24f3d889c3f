import { Counter, createQuickHistogram, Gauge, type Registry } from '@paymesh/common/metrics';

import { createCertificateGauge, type RedisCertificates } from '@paymesh/common/redis';

import type { LimiterObserver } from './limiter/index.ts';
import type { QuotaObserver } from './rlqs/index.ts';
import { createRuleMetrics } from './rule-metrics.ts';

/** All metrics of the rate limiter. Label values come from the configuration, so their number is bounded by it. */
export interface RateLimiterMetrics {
  readonly observer: LimiterObserver;
  readonly quotas: QuotaObserver;
  readonly observeCall: (seconds: number) => void;
  readonly observeStore: (seconds: number, isDown: boolean) => void;
  readonly setFallback: (isActive: boolean) => void;
  /** What is amiss now, for the health paths. */
  readonly troubles: () => Readonly<Record<string, string>>;
  /** The file of counters cannot be written. */
  readonly setUnkept: (isUnkept: boolean) => void;
  readonly countLoad: (isLoaded: boolean) => void;
  /** The files that the client of Redis was started with. */
  readonly setCertificates: (certificates: RedisCertificates) => void;
  readonly setConnected: (isConnected: boolean) => void;
}

const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Registers them. */
export function createMetrics(registry: Registry): RateLimiterMetrics {
  const registers = [registry];
  const rules = createRuleMetrics(registry);
  const unmatched = new Counter({
    name: 'paymesh_ratelimit_unmatched_total',
    help: 'Descriptors to which no limit applied; domain is empty where it is not configured.',
    labelNames: ['domain'],
    registers,
  });
  const fallbacks = new Counter({
    name: 'paymesh_ratelimit_fallback_decisions_total',
    help: 'Limits that were answered without their store, by fallback.',
    labelNames: ['fallback'],
    registers,
  });
  const fallbackActive = new Gauge({
    name: 'paymesh_ratelimit_fallback_active',
    help: '1 while the store is away and limits fall back.',
    registers,
  });
  const unkept = new Gauge({
    name: 'paymesh_ratelimit_counters_unkept',
    help: '1 while the file of counters cannot be written: a restart would forget what is counted.',
    registers,
  });
  const loads = new Counter({
    name: 'paymesh_ratelimit_config_loads_total',
    help: 'Sets of rules that were tried, by result.',
    labelNames: ['result'],
    registers,
  });
  const connected = new Gauge({
    name: 'paymesh_ratelimit_control_plane_connected',
    help: '1 while there is a connection to the control plane that has the policies, 0 while that is away. Absent where policies come from files.',
    registers,
  });
  // Until it is set: who has no control plane shall not look like one who lost it.
  connected.remove();
  const storeErrors = new Counter({
    name: 'paymesh_ratelimit_store_errors_total',
    help: 'Calls of the store that gave no counts.',
    registers,
  });
  const storeSeconds = createQuickHistogram({
    name: 'paymesh_ratelimit_store_duration_seconds',
    help: 'Time that a call of the store took.',
    buckets: SECONDS,
    registry,
  })();
  const callSeconds = createQuickHistogram({
    name: 'paymesh_ratelimit_call_duration_seconds',
    help: 'Time that a ShouldRateLimit call took in this process.',
    buckets: SECONDS,
    registry,
  })();
  const troubles = new Map<string, string>();
  const tell = (part: string, isAmiss: boolean, text: string): void => {
    if (isAmiss) troubles.set(part, text);
    else troubles.delete(part);
  };
  return {
    setCertificates: createCertificateGauge(registry),
    quotas: quotaMetrics(registers),
    observer: {
      decided: rules.add,
      unmatched: (domain) => unmatched.inc({ domain: domain ?? '' }),
      fellBack: (fallback) => fallbacks.inc({ fallback }),
    },
    observeCall: (seconds) => callSeconds.observe(seconds),
    observeStore: (seconds, isDown) => {
      storeSeconds.observe(seconds);
      if (isDown) storeErrors.inc();
    },
    setFallback: (isActive) => {
      fallbackActive.set(isActive ? 1 : 0);
      tell('store', isActive, 'away: limits fall back');
    },
    setUnkept: (isUnkept) => {
      unkept.set(isUnkept ? 1 : 0);
      tell('countersFile', isUnkept, 'cannot be written: a restart would forget what is counted now');
    },
    troubles: () => Object.fromEntries(troubles),
    setConnected: (isConnected) => connected.set(isConnected ? 1 : 0),
    countLoad: (isLoaded) => loads.inc({ result: isLoaded ? 'loaded' : 'refused' }),
  };
}

function quotaMetrics(registers: Registry[]): QuotaObserver {
  const streams = new Gauge({
    name: 'paymesh_ratelimit_quota_streams',
    help: 'Streams of proxies that keep quotas.',
    registers,
  });
  const buckets = new Gauge({
    name: 'paymesh_ratelimit_quota_buckets',
    help: 'Quotas that are divided among streams.',
    registers,
  });
  const assignments = new Counter({
    name: 'paymesh_ratelimit_quota_assignments_total',
    help: 'What streams were told of a bucket: bucket (a part of the limit), allow, deny or abandon.',
    labelNames: ['kind'],
    registers,
  });
  return {
    sized: (streamCount, bucketCount) => {
      streams.set(streamCount);
      buckets.set(bucketCount);
    },
    told: (kind) => assignments.inc({ kind }),
  };
}
