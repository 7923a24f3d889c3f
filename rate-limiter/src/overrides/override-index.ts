import type { Entry } from '../match/index.ts';
import { holdsAt } from './holds-at.ts';
import { entriesText } from './override-key.ts';
import type { Override } from './types.ts';

/** Overrides, compiled for lookup. */
export interface OverrideIndex {
  readonly all: readonly Override[];
  /** True where a lookup can be left out. */
  readonly isEmpty: boolean;
  /** The one with most entries that are all among those given; of two as long the one first in the order of keys. */
  find(
    label: { domain: string; label: string },
    entries: readonly Entry[],
    nowMs: number,
  ): Override | undefined;
}

/** Overrides of one rule that name the same keys. */
interface Shape {
  /** Sorted. */
  readonly keys: readonly string[];
  readonly byValues: Map<string, Override>;
}

/** Nothing is overridden. */
const NO_OVERRIDES: OverrideIndex = { all: [], isEmpty: true, find: () => undefined };

/** Compiles overrides; of two for the same descriptors the later wins. A lookup costs one step for each set of keys in use. */
export function indexOverrides(all: readonly Override[]): OverrideIndex {
  if (all.length === 0) return NO_OVERRIDES;
  const byDomain = new Map<string, Map<string, Shape[]>>();
  for (const override of all)
    shapeOf(byDomain, override).byValues.set(entriesText(override.entries), override);
  for (const labels of byDomain.values()) for (const shapes of labels.values()) shapes.sort(compareShapes);
  return {
    all,
    isEmpty: false,
    find: ({ domain, label }, entries, nowMs) => {
      for (const { keys, byValues } of byDomain.get(domain)?.get(label) ?? []) {
        const chosen = pick(entries, keys);
        const found = chosen && byValues.get(entriesText(chosen));
        if (found !== undefined && holdsAt(found, nowMs)) return found;
      }
      return undefined;
    },
  };
}

function shapeOf(byDomain: Map<string, Map<string, Shape[]>>, { domain, label, entries }: Override): Shape {
  const labels = byDomain.get(domain) ?? new Map<string, Shape[]>();
  byDomain.set(domain, labels);
  const shapes = labels.get(label) ?? [];
  labels.set(label, shapes);
  const keys = entries.map(({ key }) => key).toSorted();
  const known = shapes.find((shape) => shape.keys.join('\n') === keys.join('\n'));
  if (known !== undefined) return known;
  const made = { keys, byValues: new Map<string, Override>() };
  shapes.push(made);
  return made;
}

function compareShapes(a: Shape, b: Shape): number {
  if (a.keys.length !== b.keys.length) return b.keys.length - a.keys.length;
  return a.keys.join('\n') < b.keys.join('\n') ? -1 : 1;
}

/** The first entry of each key; undefined where one is missing. */
function pick(entries: readonly Entry[], keys: readonly string[]): readonly Entry[] | undefined {
  const chosen: Entry[] = [];
  for (const key of keys) {
    const entry = entries.find((candidate) => candidate.key === key);
    if (entry === undefined) return undefined;
    chosen.push(entry);
  }
  return chosen;
}
