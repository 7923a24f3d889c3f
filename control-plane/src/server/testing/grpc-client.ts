import { type ClientDuplexStream, credentials, makeClientConstructor } from '@grpc/grpc-js';
import {
  AggregatedDiscoveryService,
  type DiscoveryRequest,
  type DiscoveryResponse,
} from '@paymesh/common/envoy-discovery';
import { serviceDefinition } from '@paymesh/common/grpc';

/** One ADS stream of a client without any logic of its own. */
export interface RawStream {
  send(request: DiscoveryRequest): void;
  readonly received: DiscoveryResponse[];
  /** Settles with the status that ended the stream. */
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  close(): void;
}

const METHODS = serviceDefinition(AggregatedDiscoveryService);
const Client = makeClientConstructor(METHODS, 'ads');

/** Opens a stream to `HOST:PORT`. */
export function openStream(
  address: string,
  method: 'streamAggregatedResources' | 'deltaAggregatedResources' = 'streamAggregatedResources',
): RawStream {
  const client = new Client(address, credentials.createInsecure());
  const open = client[method]?.bind(client) as unknown as () => ClientDuplexStream<
    DiscoveryRequest,
    DiscoveryResponse
  >;
  const call = open();
  const received: DiscoveryResponse[] = [];
  call.on('data', (response: DiscoveryResponse) => received.push(response));
  // The status event tells the same.
  call.on('error', () => undefined);
  const ended = new Promise<{ code: number; details: string }>((resolve) => {
    call.on('status', ({ code, details }) => resolve({ code, details }));
  });
  return {
    send: (request) => void call.write(request),
    received,
    ended,
    close: () => {
      call.cancel();
      client.close();
    },
  };
}
