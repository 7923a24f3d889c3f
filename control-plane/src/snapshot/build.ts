import { validateMessage } from '@paymesh/common/envoy';

import type { MeshIr, ProxyIr } from '../ir/index.ts';
import { translateProxy } from '../translator/index.ts';
import { checkConsistency } from './consistency.ts';
import { contentHash, type Encoded, encodeResources, SCHEMA } from './encode.ts';
import type { MeshSnapshot, NodeSnapshot, Resource, ResourceType } from './model.ts';
import { resourceRegistry } from './to-json.ts';
import type { SnapshotViolation } from './violation.ts';

/** A complete state of the mesh, or everything that stands in its way. */
export type BuildResult =
  | { readonly snapshot: MeshSnapshot }
  | { readonly violations: readonly SnapshotViolation[] };

/**
 * Translates, checks and encodes every proxy. Versions are hashes of content: same IR, same versions, on every
 * replica. Proxies that are given the same resource share one object of it.
 */
export function buildSnapshot(ir: MeshIr): BuildResult {
  const shared = new Map<string, Resource>();
  const nodes = new Map<string, NodeSnapshot>();
  const violations: SnapshotViolation[] = [];
  for (const node of Object.keys(ir.proxies).toSorted()) {
    const proxy = ir.proxies[node];
    if (proxy === undefined) continue;
    const built = buildNode(node, proxy);
    violations.push(...built.violations);
    nodes.set(
      node,
      toSnapshot(
        node,
        built.encoded.map(({ resource }) => share(shared, resource)),
      ),
    );
  }
  if (violations.length > 0) return { violations };
  const revision = contentHash([...nodes.values()].flatMap(({ node, version }) => [node, version]));
  return { snapshot: { revision, nodes } };
}

interface BuiltNode {
  readonly encoded: readonly Encoded[];
  readonly violations: readonly SnapshotViolation[];
}

function buildNode(node: string, proxy: ProxyIr): BuiltNode {
  const translated = translateProxy(proxy);
  const encoded = encodeResources(translated);
  return {
    encoded,
    violations: [
      ...encoded.flatMap(({ message, resource: { type, name } }) =>
        validateMessage(SCHEMA[type], message, { registry: resourceRegistry }).map((violation) => ({
          node,
          type,
          name,
          ...violation,
        })),
      ),
      ...checkConsistency(translated).map((gap) => ({ node, path: '', ...gap })),
    ],
  };
}

/** The resource of the same content that another proxy already has, if there is one. */
function share(shared: Map<string, Resource>, resource: Resource): Resource {
  const key = JSON.stringify([resource.type, resource.name, resource.version]);
  const known = shared.get(key) ?? resource;
  shared.set(key, known);
  return known;
}

function toSnapshot(node: string, resources: readonly Resource[]): NodeSnapshot {
  const ofType = (type: ResourceType): ReadonlyMap<string, Resource> =>
    new Map(
      resources
        .filter((resource) => resource.type === type)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map((resource) => [resource.name, resource]),
    );
  const byType = {
    cluster: ofType('cluster'),
    endpoint: ofType('endpoint'),
    listener: ofType('listener'),
    route: ofType('route'),
  };
  const parts = Object.values(byType).flatMap((group) =>
    [...group.values()].flatMap(({ type, name, version }) => [type, name, version]),
  );
  return { node, version: contentHash(parts), resources: byType };
}
