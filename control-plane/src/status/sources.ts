import type { PolicyDocument } from '@paymesh/common/policy';

import type { MeshIr } from '../ir/index.ts';
import type { Nack } from '../server/index.ts';

/** What is in force and who made it. */
export interface Origin {
  readonly ir: MeshIr | undefined;
  readonly documents: readonly PolicyDocument[];
}

/** The part of a refusal that tells which part of a node's configuration it is about. */
export interface RefusedResources extends Pick<Nack, 'type' | 'names' | 'message'> {
  readonly node: string;
}

/** Where a Workload says on which address its Envoy opens a listener. */
const ADDRESS_PATH: Readonly<Record<string, string>> = {
  gateway: 'spec.port',
  inbound: 'spec.proxy.inbound',
  outbound: 'spec.proxy.outbound',
};

const BUILT_IN = 'built-in';
const MAX_SOURCES = 20;

/** All places (`file:line:column`) that may have caused a refusal. */
export function placesOf({ ir, documents }: Origin, refused: RefusedResources): readonly string[] {
  if (refused.type === 'policySet') return placesNamed(documents, refused.message);
  return [...addressesOf(documents, refused), ...(ir === undefined ? [] : sourcesOf(ir, refused))];
}

/** A rate limiter says itself what it cannot read: a finding in each line. Of places only those of our files are taken. */
function placesNamed(documents: readonly PolicyDocument[], message: string): readonly string[] {
  const files = new Set(documents.map(({ at }) => at.file));
  const places = [...message.matchAll(/^((.+?):\d+:\d+):? /gm)].flatMap(([, place = '', file = '']) =>
    files.has(file) ? [place] : [],
  );
  return [...new Set(places)].slice(0, MAX_SOURCES);
}

/**
 * Where the values of refused resources were typed (`file:line:column`), sorted: the policies that
 * may have caused the refusal. Listeners and route tables share their names, clusters and endpoints too.
 */
export function sourcesOf(
  ir: MeshIr,
  { node, type, names }: Omit<RefusedResources, 'message'>,
): readonly string[] {
  const proxy = ir.proxies[node];
  if (proxy === undefined) return [];
  const parts =
    type === 'cluster' || type === 'endpoint'
      ? proxy.clusters.filter(({ name }) => names.includes(name))
      : proxy.listeners
          .filter(({ direction }) => names.includes(direction))
          .flatMap(({ virtualHosts }) => virtualHosts.flatMap(({ routes }) => routes));
  const places = parts.flatMap(({ provenance }) => Object.values(provenance));
  return [...new Set(places)]
    .filter((place) => place !== BUILT_IN)
    .sort()
    .slice(0, MAX_SOURCES);
}

/** Where the addresses of refused listeners were typed: a port that is taken is the likeliest refusal. */
export function addressesOf(
  documents: readonly PolicyDocument[],
  { node, type, names }: Omit<RefusedResources, 'message'>,
): readonly string[] {
  if (type !== 'listener') return [];
  const workload = documents.find(({ kind, metadata }) => kind === 'Workload' && metadata.name === node);
  if (workload === undefined) return [];
  return names.map((name) => {
    const { file, line, column } = workload.positions.get(ADDRESS_PATH[name] ?? '') ?? workload.at;
    return `${file}:${line}:${column}`;
  });
}
