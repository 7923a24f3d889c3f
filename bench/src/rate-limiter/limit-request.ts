import { create, toBinary } from '@bufbuild/protobuf';
import { RateLimitRequestSchema } from '@paymesh/common/envoy-ratelimit';

/** The domain that is asked for. */
export const DOMAIN = 'payments';

/** The bytes of a RateLimitRequest as Envoy sends them: one descriptor of two entries, the second with this value. */
export function limitRequest(value: number): Buffer {
  const entries = [
    { key: 'route', value: 'pay/charge' },
    { key: 'merchant', value: `merchant-${String(value).padStart(8, '0')}` },
  ];
  return Buffer.from(
    toBinary(
      RateLimitRequestSchema,
      create(RateLimitRequestSchema, { domain: DOMAIN, descriptors: [{ entries }] }),
    ),
  );
}
