import type { RouteIr } from '../ir/index.ts';
import { compareText } from './mesh.ts';

/**
 * From the most to the least specific, the same whatever order the documents came in: exact, template,
 * prefix; longer before shorter; with a method before without; then by name.
 */
export function compareRoutes(a: RouteIr, b: RouteIr): number {
  return (
    KIND_RANK[a.match.path.kind] - KIND_RANK[b.match.path.kind] ||
    literalLength(b.match) - literalLength(a.match) ||
    methodRank(a.match) - methodRank(b.match) ||
    compareText(a.name, b.name)
  );
}

const KIND_RANK = { exact: 0, template: 1, prefix: 2 } as const;

/** A variable of a template says nothing: `/{a-very-long-name}` is less specific than `/v1`. */
function literalLength({ path }: RouteIr['match']): number {
  return path.kind === 'template' ? path.value.replaceAll(/\{[^}]*\}/g, '').length : path.value.length;
}

function methodRank({ method }: RouteIr['match']): number {
  return method === undefined ? 1 : 0;
}
