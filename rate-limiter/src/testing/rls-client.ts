import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import {
  RateLimitRequestSchema,
  type RateLimitResponse,
  RateLimitService,
} from '@paymesh/common/envoy-ratelimit';
import { serviceDefinition } from '@paymesh/common/grpc';

/** A request as a test writes it. */
export type Ask = MessageInitShape<typeof RateLimitRequestSchema>;

/** Asks a rate limiter as a proxy does. */
export interface RlsClient {
  /** Rejects with the gRPC error. */
  ask(request: Ask): Promise<RateLimitResponse>;
  close(): void;
}

/** A gRPC client of RateLimitService, for tests. */
export function createRlsClient(address: string): RlsClient {
  const client = new Client(address, credentials.createInsecure());
  const method = serviceDefinition(RateLimitService)['shouldRateLimit'];
  if (method === undefined) throw new Error('the service has no method shouldRateLimit');
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize as (bytes: Buffer) => RateLimitResponse,
          create(RateLimitRequestSchema, request),
          { deadline: Date.now() + 5_000 },
          (error, response) => {
            if (response === undefined) reject(error ?? new Error('no response'));
            else resolve(response);
          },
        );
      }),
    close: () => client.close(),
  };
}
