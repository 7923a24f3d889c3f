import { create } from '@bufbuild/protobuf';
import {
  type RouteConfiguration,
  RouteConfigurationSchema,
  type VirtualHost,
  VirtualHostSchema,
} from '@paymesh/common/envoy';

import type { ListenerIr, VirtualHostIr } from '../ir/index.ts';
import { refuseAmbiguousPaths } from './ambiguous-path.ts';
import type { RouteTableInput } from './filters/filter.ts';
import { HEADER } from './header-names.ts';
import { translateRoute } from './route.ts';

/** The route table of a listener, of the same name. */
export function translateRoutes(table: RouteTableInput): RouteConfiguration {
  return create(RouteConfigurationSchema, {
    name: table.direction,
    virtualHosts: table.virtualHosts.map((host) => translateVirtualHost(host, table)),
    responseHeadersToRemove: [...HIDDEN[table.direction]],
  });
}

function translateVirtualHost(host: VirtualHostIr, table: RouteTableInput): VirtualHost {
  return create(VirtualHostSchema, {
    name: host.name,
    domains: [...host.domains],
    routes: [
      ...refuseAmbiguousPaths(host, table),
      ...host.routes.map((route) => translateRoute(route, table)),
    ],
    // Without it form M has nothing to read and does not fail over. Inbound keeps the caller's count.
    includeRequestAttemptCount: table.direction !== 'inbound',
  });
}

/** Inbound: only the proxy itself may say "not sent", never the program. Gateway: merchants learn nothing of the mesh. */
const HIDDEN: Readonly<Record<ListenerIr['direction'], readonly string[]>> = {
  gateway: ['x-envoy-upstream-service-time', HEADER.notSent],
  inbound: [HEADER.notSent],
  outbound: [],
};
