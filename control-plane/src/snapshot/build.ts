import type { SourceFile } from '@paymesh/common/source';

import type { MeshIr } from '../ir/index.ts';
import { translateProxy } from '../translator/index.ts';
import { checkConsistency } from './consistency.ts';
import { contentHash, type Encoded, encode, encodePolicySet } from './encode.ts';
import type { MeshSnapshot, NodeSnapshot, Resource, ResourceType } from './model.ts';
import type { SnapshotViolation } from './violation.ts';

/** A complete state of the mesh, or everything that stands in its way. */
export type BuildResult =
  | { readonly snapshot: MeshSnapshot }
  | { readonly violations: readonly SnapshotViolation[] };

/**
 * Translates, checks and encodes every proxy. Versions are hashes of content: same IR, same versions, on every
 * replica. Proxies that are given the same resource share one object of it. `limits`: the files that rate limiters are
 * given, sorted by path; default none.
 */
export function buildSnapshot(ir: MeshIr, limits?: readonly SourceFile[]): BuildResult {
  return createSnapshotBuilder()(ir, limits);
}

/**
 * The same for a row of revisions: what the one before has already is taken from it, so that an edit costs what it
 * changes. The results are those of `buildSnapshot`.
 */
export function createSnapshotBuilder(): typeof buildSnapshot {
  let before: ReadonlyMap<string, Encoded> = new Map();
  return (ir, limits = []) => {
    const known = new Map<string, Encoded>();
    const encodeOnce: EncodeOnce = (translation) => {
      const key = `${translation.type} ${translation.key}`;
      const encoded = known.get(key) ?? before.get(key) ?? encode(translation);
      known.set(key, encoded);
      return encoded;
    };
    const result = build(ir, limits, encodeOnce);
    before = known;
    return result;
  };
}

type EncodeOnce = typeof encode;

function build(ir: MeshIr, limits: readonly SourceFile[], encodeOnce: EncodeOnce): BuildResult {
  const nodes = new Map<string, NodeSnapshot>();
  const violations: SnapshotViolation[] = [];
  for (const [node, proxy] of Object.entries(ir.proxies).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const encoded = translateProxy(proxy).map(encodeOnce);
    const found = [...encoded.flatMap((one) => one.violations), ...checkConsistency(encoded)];
    violations.push(...found.map((violation) => ({ node, ...violation })));
    nodes.set(node, toSnapshot(node, encoded));
  }
  if (violations.length > 0) return { violations };
  const limiter = toSnapshot('rate-limiter', [encodePolicySet(limits)]);
  const revision = contentHash([...nodes.values(), limiter].flatMap(({ node, version }) => [node, version]));
  return { snapshot: { revision, nodes, limiter } };
}

function toSnapshot(node: string, encoded: readonly Encoded[]): NodeSnapshot {
  const ofType = (type: ResourceType): ReadonlyMap<string, Resource> =>
    new Map(
      encoded
        .map(({ resource }) => resource)
        .filter((resource) => resource.type === type)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map((resource) => [resource.name, resource]),
    );
  const byType = {
    cluster: ofType('cluster'),
    endpoint: ofType('endpoint'),
    listener: ofType('listener'),
    route: ofType('route'),
    policySet: ofType('policySet'),
  };
  const parts = Object.values(byType).flatMap((group) =>
    [...group.values()].flatMap(({ type, name, version }) => [type, name, version]),
  );
  return { node, version: contentHash(parts), resources: byType };
}
