import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type HealthCheck, HealthCheckSchema } from '@paymesh/common/envoy';

import type { ClusterIr, HealthCheckIr } from '../ir/index.ts';
import { meshHost } from './mesh-host.ts';

/** Active checks, at the same pace with and without traffic (Envoy's default without is 60 s). */
export function healthChecks({ name, healthCheck }: ClusterIr): HealthCheck[] {
  if (healthCheck === undefined) return [];
  const interval = durationFromMs(healthCheck.intervalMs);
  return [
    create(HealthCheckSchema, {
      timeout: durationFromMs(healthCheck.timeoutMs),
      interval,
      noTrafficInterval: interval,
      unhealthyThreshold: healthCheck.unhealthyThreshold,
      healthyThreshold: healthCheck.healthyThreshold,
      healthChecker: checker(healthCheck, meshHost(name)),
    }),
  ];
}

function checker(
  { kind, path = '/' }: HealthCheckIr,
  host: string,
): NonNullable<MessageInitShape<typeof HealthCheckSchema>['healthChecker']> {
  return kind === 'grpc'
    ? { case: 'grpcHealthCheck', value: { authority: host } }
    : { case: 'httpHealthCheck', value: { path, host } };
}
