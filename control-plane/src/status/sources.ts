import type { PolicyDocument } from '@paymesh/common/policy';

import type { MeshIr } from '../ir/index.ts';

/** The part of a refusal that tells which part of a proxy's configuration it is about. */
export interface RefusedResources {
  readonly node: string;
  readonly type: 'cluster' | 'endpoint' | 'listener' | 'route';
  readonly names: readonly string[];
}

/** Where a Workload says on which address its Envoy opens a listener. */
const ADDRESS_PATH: Readonly<Record<string, string>> = {
  gateway: 'spec.port',
  inbound: 'spec.proxy.inbound',
  outbound: 'spec.proxy.outbound',
};

const BUILT_IN = 'built-in';
const MAX_SOURCES = 20;

/**
 * Where the values of refused resources were typed (`file:line:column`), sorted: the policies that
 * may have caused the refusal. Listeners and route tables share their names, clusters and endpoints too.
 */
export function sourcesOf(ir: MeshIr, { node, type, names }: RefusedResources): readonly string[] {
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
  { node, type, names }: RefusedResources,
): readonly string[] {
  if (type !== 'listener') return [];
  const workload = documents.find(({ kind, metadata }) => kind === 'Workload' && metadata.name === node);
  if (workload === undefined) return [];
  return names.map((name) => {
    const { file, line, column } = workload.positions.get(ADDRESS_PATH[name] ?? '') ?? workload.at;
    return `${file}:${line}:${column}`;
  });
}
