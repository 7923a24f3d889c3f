import { childPath } from './object.ts';
import { type Place, type Reader, report, reportUnexpected } from './reader.ts';
import { oneOf } from './scalars.ts';
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

/**
 * A map in which the word under one key tells the shape: `{scheme: stripe, ...}`. Each branch reads the whole map,
 * that key included.
 */
export function unionByWord<T>(key: string, branches: Readonly<Record<string, Reader<T>>>): Reader<T> {
  const words = Object.keys(branches);
  const [first = ''] = words;
  const word = oneOf(words);
  const expected = `a map in which ${key} is ${word.expected}`;
  return {
    expected,
    read: (place, context) => {
      const { node, path } = place;
      if (node.kind !== 'map') return reportUnexpected(context, 'PM1201', place, { expected });
      const entry = node.entries.get(key);
      // Without the word, or with one that is none, the first branch reports all there is to say of a usual one.
      if (entry === undefined) {
        const misspelling = [...node.entries.keys()].find((typed) => suggest(typed, [key]) !== undefined);
        if (misspelling !== undefined) return branches[first]?.read(place, context);
        return report(context, 'PM1203', node, {
          path,
          expected: `the key "${key}": ${word.expected}`,
          got: 'no such key',
        });
      }
      const typed = word.read({ node: entry.value, path: childPath(path, key) }, context);
      return typed === undefined ? undefined : branches[typed]?.read(place, context);
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
