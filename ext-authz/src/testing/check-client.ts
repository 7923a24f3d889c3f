import { type Client, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { Authorization, type CheckRequest, type CheckResponse } from '@paymesh/common/envoy-auth';
import { serviceDefinition } from '@paymesh/common/grpc';

/** What a test asks of a running service, over the wire. */
export interface CheckClient {
  check(request: CheckRequest): Promise<CheckResponse>;
  /** The word of grpc.health.v1 for the whole server. */
  health(): Promise<string>;
  close(): void;
}

type Unary = (request: CheckRequest, callback: (error: Error | null, answer: CheckResponse) => void) => void;

const AuthorizationClient = makeGenericClientConstructor(serviceDefinition(Authorization), 'Authorization');
const HEALTH_STATES = ['UNKNOWN', 'SERVING', 'NOT_SERVING'];

/** A gRPC client of `HOST:PORT`. */
export function checkClient(address: string): CheckClient {
  const client = new AuthorizationClient(address, credentials.createInsecure());
  return {
    check: (request) =>
      new Promise((resolve, reject) => {
        const call = (client['check'] as Unary).bind(client);
        call(request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
      }),
    health: () => health(client),
    close: () => client.close(),
  };
}

function health(client: Client): Promise<string> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      () => Buffer.alloc(0),
      // HealthCheckResponse {status: 1} is two bytes: the tag 0x08 and the enum value.
      (bytes) => HEALTH_STATES[bytes[1] ?? 0] ?? 'UNKNOWN',
      {},
      (error, state) => (error === null ? resolve(state ?? 'UNKNOWN') : reject(error)),
    );
  });
}
