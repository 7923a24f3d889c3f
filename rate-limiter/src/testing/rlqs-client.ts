import { create } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import {
  type RateLimitQuotaResponse,
  type RateLimitQuotaResponse_BucketAction,
  RateLimitQuotaService,
  RateLimitQuotaUsageReportsSchema,
} from '@paymesh/common/envoy-rlqs';
import { serviceDefinition } from '@paymesh/common/grpc';

/** A stream of quotas as a proxy has it. */
export interface RlqsClient {
  /** Tells of so many requests of one bucket. */
  report(domain: string, id: Readonly<Record<string, string>>, hits: number): void;
  /** All actions so far. */
  readonly actions: readonly RateLimitQuotaResponse_BucketAction[];
  /** gRPC status code of the end of the stream; undefined while it is open. */
  ended(): number | undefined;
  close(): void;
}

/** A gRPC client of RateLimitQuotaService, for tests. */
export function createRlqsClient(address: string): RlqsClient {
  const client = new Client(address, credentials.createInsecure());
  const method = serviceDefinition(RateLimitQuotaService)['streamRateLimitQuotas'];
  if (method === undefined) throw new Error('the service has no method streamRateLimitQuotas');
  const stream = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize as (bytes: Buffer) => RateLimitQuotaResponse,
  );
  const actions: RateLimitQuotaResponse_BucketAction[] = [];
  let code: number | undefined;
  stream.on('data', ({ bucketAction }: RateLimitQuotaResponse) => actions.push(...bucketAction));
  stream.on('status', (status) => {
    code = status.code;
  });
  // Told by the status.
  stream.on('error', () => {});
  return {
    report: (domain, id, hits) => {
      const usage = { bucketId: { bucket: { ...id } }, numRequestsAllowed: BigInt(hits) };
      stream.write(create(RateLimitQuotaUsageReportsSchema, { domain, bucketQuotaUsages: [usage] }));
    },
    actions,
    ended: () => code,
    close: () => {
      stream.cancel();
      client.close();
    },
  };
}
