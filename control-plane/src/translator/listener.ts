import { create } from '@bufbuild/protobuf';
import {
  HttpConnectionManagerSchema,
  type Listener,
  ListenerSchema,
  TrafficDirection,
} from '@paymesh/common/envoy';

import { pack } from './any.ts';
import type { ChainInput } from './filters/filter.ts';
import { httpConnectionManager } from './http-connection-manager.ts';

/** One listener, named after its direction, with one filter chain. */
export function translateListener(listener: ChainInput): Listener {
  return create(ListenerSchema, {
    name: listener.direction,
    address: {
      address: {
        case: 'socketAddress',
        value: {
          address: listener.address,
          portSpecifier: { case: 'portValue', value: listener.port },
        },
      },
    },
    filterChains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            configType: {
              case: 'typedConfig',
              value: pack(HttpConnectionManagerSchema, httpConnectionManager(listener)),
            },
          },
        ],
      },
    ],
    perConnectionBufferLimitBytes: BUFFER_LIMIT_BYTES,
    trafficDirection:
      listener.direction === 'outbound' ? TrafficDirection.OUTBOUND : TrafficDirection.INBOUND,
  });
}

/** Memory for one connection, and the largest body that can be sent a second time (envoy-resilience 1). */
export const BUFFER_LIMIT_BYTES = 1_048_576;
