import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type OutlierDetection, OutlierDetectionSchema } from '@paymesh/common/envoy';

import type { OutlierIr } from '../ir/index.ts';

/**
 * Ejection of failing instances. Local and remote errors are not split: with the split, an instance that
 * accepts and then resets or hangs was never ejected (envoy-resilience 4).
 */
export function outlierDetection(outlier: OutlierIr, instances: number): OutlierDetection {
  return create(OutlierDetectionSchema, {
    interval: durationFromMs(outlier.intervalMs),
    baseEjectionTime: durationFromMs(outlier.ejectMs),
    // Each ejection lasts longer than the one before, up to this.
    maxEjectionTime: durationFromMs(outlier.ejectMs * MAX_EJECTION_FACTOR),
    // Below 100/n Envoy never ejects one of n.
    maxEjectionPercent: Math.max(outlier.maxPercent, Math.ceil(100 / Math.max(1, instances))),
    consecutive5xx: outlier.consecutive5xx,
    enforcingSuccessRate: 0,
    // By default the next health check that passes ends the ejection: an instance whose payments fail while its
    // /healthz is fine was back at once.
    successfulActiveHealthCheckUnejectHost: false,
    // Consecutive counters do not see an instance that fails every second call; percentage does.
    ...(outlier.failurePercent === undefined
      ? {}
      : {
          failurePercentageThreshold: outlier.failurePercent.over,
          enforcingFailurePercentage: 100,
          failurePercentageMinimumHosts: MINIMUM_HOSTS,
          failurePercentageRequestVolume: outlier.failurePercent.minRequests,
        }),
  });
}

const MAX_EJECTION_FACTOR = 6;

/** The default of 5 never ejects in small services; of one instance there is none to prefer. */
const MINIMUM_HOSTS = 2;
