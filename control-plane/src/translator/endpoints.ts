import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type ClusterLoadAssignment,
  ClusterLoadAssignmentSchema,
  type LocalityLbEndpointsSchema,
} from '@paymesh/common/envoy';

import type { ClusterIr, EndpointIr } from '../ir/index.ts';
import { groupBy } from './group-by.ts';
import { meshHost } from './mesh-host.ts';

/** The instances of a cluster, grouped by priority and place. */
export function loadAssignment({ name, endpoints }: ClusterIr): ClusterLoadAssignment {
  const groups = groupBy(endpoints, ({ priority, region, zone }) =>
    [priority, region, zone].map(String).join('\0'),
  );
  return create(ClusterLoadAssignmentSchema, {
    clusterName: name,
    endpoints: [...groups.values()]
      .toSorted(byPriorityAndPlace)
      .map((group) => locality(group, meshHost(name))),
  });
}

type Group = readonly EndpointIr[];

function byPriorityAndPlace([a]: Group, [b]: Group): number {
  if (a === undefined || b === undefined) return 0;
  return a.priority - b.priority || compareText(a.region, b.region) || compareText(a.zone, b.zone);
}

function locality(group: Group, hostname: string): MessageInitShape<typeof LocalityLbEndpointsSchema> {
  const [first] = group;
  return {
    priority: first?.priority ?? 0,
    locality: { region: first?.region ?? '', zone: first?.zone ?? '' },
    lbEndpoints: group
      .toSorted((a, b) => compareText(a.address, b.address) || a.port - b.port)
      .map(({ address, port, weight }) => ({
        hostIdentifier: {
          case: 'endpoint',
          value: {
            // What auto_host_rewrite writes when a request moves to another provider.
            hostname,
            address: {
              address: {
                case: 'socketAddress',
                value: { address, portSpecifier: { case: 'portValue', value: port } },
              },
            },
          },
        },
        loadBalancingWeight: weight,
      })),
  };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
