import type { JsonObject } from '@bufbuild/protobuf';

import type { Decision } from '../limiter/index.ts';

type Decided = Extract<Decision, { kind: 'decided' }>;

/**
 * What Envoy keeps under `envoy.filters.http.ratelimit`, for access logs and other filters: which limit stopped the
 * request, as texts, for Envoy's metadata action takes no others; and what rules say of themselves as `metadata`, which is
 * where envoyproxy/ratelimit has it; and what the request took of limits that want it back. Undefined for most answers: nothing is over, and no rule says anything.
 */
export function responseMetadata({ cause, metadata, taken }: Decided): JsonObject | undefined {
  if (cause === undefined && metadata === undefined && taken === undefined) return undefined;
  return {
    ...taken,
    ...(cause !== undefined && causeTexts(cause)),
    // The message's type says that its maps may be changed; nobody does.
    ...(metadata !== undefined && { metadata: metadata as JsonObject }),
  };
}

function causeTexts({ label, name, outcome }: NonNullable<Decided['cause']>): JsonObject {
  return { limit: name === '' ? label : name, rule: label, outcome };
}
