import type { PolicyDocument } from '@paymesh/common/policy';

import type { MeshIr } from '../ir/index.ts';
import type { StreamStatus } from './proxies.ts';
import { addressesOf, type RefusedResources, sourcesOf } from './sources.ts';

/** What is in force and who made it. */
export interface Origin {
  readonly ir: MeshIr | undefined;
  readonly documents: readonly PolicyDocument[];
}

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

/** The kind of policy behind refused resources, as a label: `none` and `several` where it is not one. */
export function policyKindOf(origin: Origin, refused: RefusedResources): string {
  const kinds = new Set([...documentsBehind(origin, refused)].map(({ kind }) => kind));
  const [kind] = kinds;
  if (kind === undefined) return 'none';
  return kinds.size === 1 ? kind : 'several';
}

function documentsBehind({ ir, documents }: Origin, refused: RefusedResources): ReadonlySet<PolicyDocument> {
  const places = [...addressesOf(documents, refused), ...(ir === undefined ? [] : sourcesOf(ir, refused))];
  return new Set(places.flatMap((place) => documentAt(documents, place) ?? []));
}

/** The last document of the file that begins at or above the line of `file:line:column`. */
function documentAt(documents: readonly PolicyDocument[], place: string): PolicyDocument | undefined {
  const [, file, line] = /^(.*):(\d+):\d+$/.exec(place) ?? [];
  return documents
    .filter(({ at }) => at.file === file && at.line <= Number(line))
    .sort((one, other) => other.at.line - one.at.line)[0];
}
