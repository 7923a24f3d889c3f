import { type Place, type Reader, report, reportUnexpected } from './reader.ts';
import { suggest } from './suggest.ts';

/**
 * A map of which one key tells the shape: `{exact: ...}` or `{prefix: ...}`. Each branch reads the
 * whole map; exactly one of the keys must be there.
 */
export function unionByKey<T>(branches: Readonly<Record<string, Reader<T>>>): Reader<T> {
  const keys = Object.keys(branches);
  const expected = `a map with exactly one of the keys ${keys.join(', ')}`;
  return {
    expected,
    read: (place, context) => {
      const { node, path } = place;
      if (node.kind !== 'map') return reportUnexpected(context, 'PM1201', place, { expected });
      const [first, second] = keys.filter((key) => node.entries.has(key));
      const branch = branches[first ?? misspelt(place, keys) ?? ''];
      const entry = node.entries.get(second ?? '');
      if (entry !== undefined) {
        return report(context, 'PM1204', entry.key, { path, expected, got: `both ${first} and ${second}` });
      }
      if (branch === undefined) {
        return report(context, 'PM1204', node, { path, expected, got: 'none of them' });
      }
      return branch.read(place, context);
    },
  };
}

/** The branch that a misspelt key means: its reader will report that key and nothing else. */
function misspelt({ node }: Place, keys: readonly string[]): string | undefined {
  if (node.kind !== 'map') return undefined;
  for (const typed of node.entries.keys()) {
    const guess = suggest(typed, keys);
    if (guess !== undefined) return guess;
  }
  return undefined;
}
