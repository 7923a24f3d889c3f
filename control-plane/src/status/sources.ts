import type { MeshIr } from '../ir/index.ts';

/** The part of a refusal that tells which part of a proxy's configuration it is about. */
export interface RefusedResources {
  readonly node: string;
  readonly type: 'cluster' | 'endpoint' | 'listener' | 'route';
  readonly names: readonly string[];
}

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
