import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type GrpcService, GrpcServiceSchema } from '@paymesh/common/envoy';

import type { PolicyServiceIr } from '../../ir/index.ts';
import { meshHost } from '../mesh-host.ts';

/** How a filter calls a policy service. Availability comes from health checks on the cluster, not from retries. */
export function grpcService({ cluster, timeoutMs }: PolicyServiceIr): GrpcService {
  return create(GrpcServiceSchema, {
    targetSpecifier: {
      case: 'envoyGrpc',
      // The default authority is the cluster's name, whose slash is no host name.
      value: { clusterName: cluster, authority: meshHost(cluster) },
    },
    timeout: durationFromMs(timeoutMs),
  });
}
