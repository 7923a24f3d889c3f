import { create } from '@bufbuild/protobuf';
import {
  type RouteConfiguration,
  RouteConfigurationSchema,
  type VirtualHost,
  VirtualHostSchema,
} from '@paymesh/common/envoy';

import type { ListenerIr, VirtualHostIr } from '../ir/index.ts';
import { HEADER } from './header-names.ts';
import { translateRoute } from './route.ts';

/** The route table of a listener, of the same name. */
export function translateRoutes(listener: ListenerIr): RouteConfiguration {
  return create(RouteConfigurationSchema, {
    name: listener.direction,
    virtualHosts: listener.virtualHosts.map((host) => translateVirtualHost(host, listener)),
    responseHeadersToRemove: [...HIDDEN[listener.direction]],
  });
}

function translateVirtualHost(host: VirtualHostIr, listener: ListenerIr): VirtualHost {
  return create(VirtualHostSchema, {
    name: host.name,
    domains: [...host.domains],
    routes: host.routes.map((route) => translateRoute(route, listener)),
    // Without it form M has nothing to read and does not fail over. Inbound keeps the caller's count.
    includeRequestAttemptCount: listener.direction !== 'inbound',
  });
}

/** Inbound: only the proxy itself may say "not sent", never the program. Gateway: merchants learn nothing of the mesh. */
const HIDDEN: Readonly<Record<ListenerIr['direction'], readonly string[]>> = {
  gateway: ['x-envoy-upstream-service-time', HEADER.notSent],
  inbound: [HEADER.notSent],
  outbound: [],
};
