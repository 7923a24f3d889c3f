import type { Locality } from '@paymesh/common/policy';

import type { EndpointIr } from '../ir/index.ts';
import type { Instance } from './mesh.ts';

/**
 * The instances of a service as one proxy should use them: its own zone first, then its region, then the
 * rest. Envoy wants priorities without gaps, so an absent neighbour moves the others up.
 */
export function compileEndpoints(instances: readonly Instance[], from: Locality): EndpointIr[] {
  const used = [...new Set(instances.map(({ spec }) => distance(spec.locality, from)))].toSorted(
    (a, b) => a - b,
  );
  return instances
    .map(({ metadata, spec }) => ({
      address: spec.address,
      port: spec.proxy.inbound,
      region: spec.locality.region,
      zone: spec.locality.zone,
      priority: used.indexOf(distance(spec.locality, from)),
      weight: spec.weight,
      workload: metadata.name,
    }))
    .toSorted((a, b) => a.priority - b.priority);
}

function distance(a: Locality, b: Locality): number {
  if (a.region !== b.region) return 2;
  return a.zone === b.zone ? 0 : 1;
}
