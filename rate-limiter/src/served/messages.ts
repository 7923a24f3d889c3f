import { create } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import {
  Code,
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
} from '@paymesh/common/envoy-discovery';
import { POLICY_SET_TYPE_URL, PolicySetSchema } from '@paymesh/common/policy-set';

import type { ServedSet } from './types.ts';

/** Findings of one set in a refusal; the log has all of them. */
const MAX_REFUSAL_LENGTH = 4_096;

/** What a request says. */
export interface Asking {
  /** `node.id`. */
  readonly node: string;
  /** Of the set in force; '' before the first. */
  readonly version: string;
  /** Nonce of the response that it answers. Absent: it is the first of its stream. */
  readonly nonce?: string;
  /** Why that response is refused. */
  readonly refusal?: string | undefined;
}

/** The subscription, an ACK or a NACK (xds_protocol, "SotW"). */
export function requestOf({ node, version, nonce = '', refusal }: Asking): DiscoveryRequest {
  return create(DiscoveryRequestSchema, {
    node: { id: node, userAgentName: 'paymesh-rate-limiter' },
    typeUrl: POLICY_SET_TYPE_URL,
    versionInfo: version,
    responseNonce: nonce,
    ...(refusal !== undefined && {
      errorDetail: { code: Code.INVALID_ARGUMENT, message: refusal.slice(0, MAX_REFUSAL_LENGTH) },
    }),
  });
}

/** The set in a response, or why there is none in it. */
export function readResponse({
  versionInfo,
  resources,
}: DiscoveryResponse): { readonly set: ServedSet } | { readonly refusal: string } {
  const [resource] = resources;
  if (resource === undefined || resources.length > 1) {
    return { refusal: `expected one PolicySet; got ${resources.length} resources` };
  }
  try {
    const message = anyUnpack(resource, PolicySetSchema);
    if (message === undefined) return { refusal: `expected a PolicySet; got ${resource.typeUrl}` };
    const files = message.files.map(({ path, text }) => ({ path, text }));
    return { set: { version: versionInfo, files } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { refusal: `a PolicySet that cannot be read: ${why}` };
  }
}
