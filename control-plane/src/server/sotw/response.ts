import { create } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { type DiscoveryResponse, DiscoveryResponseSchema } from '@paymesh/common/envoy-discovery';

import { type ResourceType, TYPE_URL } from '../../snapshot/index.ts';
import type { SentResponse } from '../events.ts';
import type { NextResponse } from '../phases.ts';
import { versionsOf } from '../subscription.ts';

/** The message of a response and what is kept of it until it is answered. */
export interface EncodedResponse {
  readonly response: SentResponse;
  readonly message: DiscoveryResponse;
}

/** Puts the resources into the state-of-the-world message of their type. */
export function encodeResponse(
  type: ResourceType,
  { version, resources }: NextResponse,
  nonce: string,
  sentAtMs: number,
): EncodedResponse {
  const typeUrl = TYPE_URL[type];
  return {
    response: { nonce, version, resources: versionsOf(resources), sentAtMs },
    message: create(DiscoveryResponseSchema, {
      versionInfo: version,
      typeUrl,
      nonce,
      // No TTL: Envoy 1.40 crashes when one expires on endpoints or routes in this protocol.
      resources: [...resources.values()].map(({ bytes }) => create(AnySchema, { typeUrl, value: bytes })),
    }),
  };
}
