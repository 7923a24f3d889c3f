import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  type Cluster,
  type Cluster_CommonLbConfig,
  Cluster_CommonLbConfigSchema,
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
  HttpProtocolOptionsSchema,
  PercentSchema,
} from '@paymesh/common/envoy';

import { type ClusterIr, isHostName } from '../ir/index.ts';
import { pack } from './any.ts';
import { circuitBreakers } from './breakers.ts';
import { adsConfigSource } from './config-source.ts';
import { loadAssignment } from './endpoints.ts';
import { healthChecks } from './health-check.ts';
import { outlierDetection } from './outlier.ts';

export interface ClusterOptions {
  /** A route with several providers names it (form M). */
  readonly isFailoverTarget: boolean;
}

/** One upstream of a proxy. */
export function translateCluster(cluster: ClusterIr, { isFailoverTarget }: ClusterOptions): Cluster {
  return create(ClusterSchema, {
    name: cluster.name,
    ...discovery(cluster),
    connectTimeout: durationFromMs(cluster.connectTimeoutMs),
    // Least request would prefer an instance that fails fast.
    lbPolicy: Cluster_LbPolicy.ROUND_ROBIN,
    healthChecks: healthChecks(cluster),
    // Otherwise a removed instance is used until its check fails: 26 of 135 requests were (envoy-resilience 10).
    ignoreHealthOnHostRemoval: cluster.healthCheck !== undefined,
    circuitBreakers: circuitBreakers(cluster.breaker, isFailoverTarget),
    ...(cluster.outlier === undefined
      ? {}
      : { outlierDetection: outlierDetection(cluster.outlier, cluster.endpoints.length) }),
    commonLbConfig: commonLbConfig(usesPanic(cluster, isFailoverTarget)),
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': pack(
        HttpProtocolOptionsSchema,
        create(HttpProtocolOptionsSchema, protocolOptions(cluster.protocol)),
      ),
    },
  });
}

function discovery(cluster: ClusterIr): MessageInitShape<typeof ClusterSchema> {
  if (cluster.discovery === 'eds') {
    return {
      clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: adsConfigSource() },
    };
  }
  // Envoy refuses a host name in a STATIC cluster; policy services of a container are known by name.
  const hasNames = cluster.endpoints.some(({ address }) => isHostName(address));
  const value = hasNames ? Cluster_DiscoveryType.STRICT_DNS : Cluster_DiscoveryType.STATIC;
  return { clusterDiscoveryType: { case: 'type', value }, loadAssignment: loadAssignment(cluster) };
}

function commonLbConfig(isPanicUsed: boolean): Cluster_CommonLbConfig {
  return create(Cluster_CommonLbConfigSchema, {
    // The default of 1 s keeps sending to an instance that was just ejected.
    updateMergeWindow: durationFromMs(0),
    ...(isPanicUsed ? {} : { healthyPanicThreshold: create(PercentSchema, { value: 0 }) }),
  });
}

/**
 * Panic sends to dead instances too when fewer than half are well. 0 switches it off: the living get all, and
 * with none the caller learns at once that nothing was sent (UH). Not so where a provider is reached by form M,
 * because UH is never retried and the next provider would not be asked; nor for a single instance, whose
 * ejection would turn some failures into nothing but failures.
 */
function usesPanic({ endpoints }: ClusterIr, isFailoverTarget: boolean): boolean {
  return isFailoverTarget || endpoints.length < 2;
}

/** Below the 5 s after which Node closes an idle connection: a request sent into that moment is lost (UC). */
const IDLE_TIMEOUT_MS = 4_000;

function protocolOptions(
  protocol: ClusterIr['protocol'],
): MessageInitShape<typeof HttpProtocolOptionsSchema> {
  return protocol === 'http2'
    ? {
        upstreamProtocolOptions: {
          case: 'explicitHttpConfig',
          value: { protocolConfig: { case: 'http2ProtocolOptions', value: {} } },
        },
      }
    : {
        commonHttpProtocolOptions: { idleTimeout: durationFromMs(IDLE_TIMEOUT_MS) },
        upstreamProtocolOptions: {
          case: 'explicitHttpConfig',
          value: { protocolConfig: { case: 'httpProtocolOptions', value: {} } },
        },
      };
}
