import type { PolicyDocument } from '@paymesh/common/policy';

import type { StreamStatus } from './proxies.ts';
import { type Origin, placesOf, type RefusedResources } from './sources.ts';

/** The documents with values in resources that a proxy refuses just now. */
export function documentsRefused(
  origin: Origin,
  streams: readonly StreamStatus[],
): ReadonlySet<PolicyDocument> {
  const refusals = streams.flatMap(({ node, types }) =>
    Object.values(types).flatMap(({ nacks }) => nacks.map((nack) => ({ node, ...nack }))),
  );
  return new Set(refusals.flatMap((refused) => [...documentsBehind(origin, refused)]));
}

type PolicyKind = PolicyDocument['kind'] | 'none' | 'several';

/** Of every value that `policyKindOf` can have, that it can. */
const CAN_BE: Readonly<Record<PolicyKind, true>> = {
  none: true,
  several: true,
  Service: true,
  Workload: true,
  Route: true,
  MeshDefaults: true,
  KeySet: true,
  SigningPolicy: true,
  AccessPolicy: true,
  RateLimitPolicy: true,
  RetryPolicy: true,
  TimeoutPolicy: true,
  CircuitBreakerPolicy: true,
  FailoverPolicy: true,
};

/** Every value that `policyKindOf` can have. */
export const POLICY_KINDS: readonly string[] = Object.keys(CAN_BE);

/** The kind of policy behind refused resources, as a label: `none` and `several` where it is not one. */
export function policyKindOf(origin: Origin, refused: RefusedResources): PolicyKind {
  const kinds = new Set([...documentsBehind(origin, refused)].map(({ kind }) => kind));
  const [kind] = kinds;
  if (kind === undefined) return 'none';
  return kinds.size === 1 ? kind : 'several';
}

function documentsBehind(origin: Origin, refused: RefusedResources): ReadonlySet<PolicyDocument> {
  return new Set(placesOf(origin, refused).flatMap((place) => documentAt(origin.documents, place) ?? []));
}

/** The last document of the file that begins at or above the line of `file:line:column`. */
function documentAt(documents: readonly PolicyDocument[], place: string): PolicyDocument | undefined {
  const [, file, line] = /^(.*):(\d+):\d+$/.exec(place) ?? [];
  return documents
    .filter(({ at }) => at.file === file && at.line <= Number(line))
    .sort((one, other) => other.at.line - one.at.line)[0];
}
