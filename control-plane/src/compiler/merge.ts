import type { PolicyDocument, SourcePosition } from '@paymesh/common/policy';

/** A value with where it was typed. */
export interface Leaf<T> {
  readonly value: T;
  /** `file:line:column`, or `built-in`. */
  readonly from: string;
  /** The policy that typed it; absent for a value of MeshDefaults or built in. */
  readonly policy?: { readonly document: PolicyDocument; readonly path: string };
}

/** A leaf nobody typed. */
export function builtIn<T>(value: T): Leaf<T> {
  return { value, from: 'built-in' };
}

/** The leaf of MeshDefaults; one that was not typed there has the value its parser filled in. */
export function defaultLeaf<T>(document: PolicyDocument, path: string, value: T): Leaf<T> {
  return { value, from: provenance(typedAt(document, path)) };
}

/**
 * The strongest typed value among the policies (strongest first), else the fallback. What a parser
 * filled in does not count: a policy that says nothing of a leaf leaves it to the level below.
 */
export function mergeLeaf<D extends PolicyDocument, T>(
  policies: readonly D[],
  path: string,
  read: (spec: D['spec']) => T | undefined,
  fallback: Leaf<T>,
): Leaf<T> {
  for (const document of policies) {
    const at = typedAt(document, path);
    const value = read(document.spec);
    if (at !== undefined && value !== undefined) {
      return { value, from: provenance(at), policy: { document, path } };
    }
  }
  return fallback;
}

/**
 * One value for a service whose routes may ask for several: the smallest that a policy gave, else the
 * smallest default. Timeouts and budgets of connections belong to clusters, so routes share them.
 */
export function strictestLeaf(leaves: readonly [Leaf<number>, ...Leaf<number>[]]): Leaf<number> {
  return leaves.reduce((best, leaf) => {
    if (leaf.policy !== undefined && best.policy === undefined) return leaf;
    if (leaf.policy === undefined && best.policy !== undefined) return best;
    return leaf.value < best.value ? leaf : best;
  });
}

/** `file:line:column`, or `built-in` where nothing was typed. */
export function provenance(at: SourcePosition | undefined): string {
  return at === undefined ? 'built-in' : `${at.file}:${at.line}:${at.column}`;
}

function typedAt({ positions }: PolicyDocument, path: string): SourcePosition | undefined {
  return positions.get(path) ?? positions.get(`${path}[0]`);
}
