import type { HostPort } from '@paymesh/common/config';
import { AggregatedDiscoveryService } from '@paymesh/common/envoy-discovery';
import { serviceDefinition, startGrpcServer } from '@paymesh/common/grpc';

import { type AdsServiceOptions, createAdsService } from './ads-service.ts';

export interface AdsServerOptions extends AdsServiceOptions {
  readonly listen: HostPort;
}

export interface AdsServer {
  /** `HOST:PORT` as bound. */
  readonly address: string;
  setServing(isServing: boolean): void;
  /** Ends all streams and frees the port. */
  close(): Promise<void>;
}

/** One request carries all resource names of a type and the node with some 60 kB of extension names. */
const MAX_RECEIVE_BYTES = 32 * 1024 * 1024;
const CLOSE_GRACE_MS = 1_000;

/** Serves ADS on a port. Rejects when the port is taken. */
export async function startAdsServer(options: AdsServerOptions): Promise<AdsServer> {
  const service = createAdsService(options);
  const server = await startGrpcServer({
    listen: options.listen,
    services: [
      { definition: serviceDefinition(AggregatedDiscoveryService), implementation: service.methods },
    ],
    maxReceiveBytes: MAX_RECEIVE_BYTES,
  });
  return {
    address: server.address,
    setServing: (isServing) => server.setServing(isServing),
    close: () => {
      service.endAll();
      return server.drain(CLOSE_GRACE_MS);
    },
  };
}
