import type { FindingCode } from '../finding/codes.ts';
import { childPath } from './object.ts';
import {
  hasErrorsSince,
  markPosition,
  type Place,
  quote,
  type ReadContext,
  type Reader,
  report,
  reportUnexpected,
} from './reader.ts';

export interface ListOptions<T> {
  /** Fewest items. Default 1: an empty list is mostly a mistake. */
  readonly min?: number;
  readonly max: number;
  /** Items with the same text are the same item, and a finding. Default: no such check. */
  readonly identity?: (item: T) => string;
  /** Code of that finding. Default PM2204. */
  readonly repeated?: FindingCode;
  /** What the items are called in findings, plural. */
  readonly what: string;
}

/** A list of like items. */
export function list<T>(item: Reader<T>, options: ListOptions<T>): Reader<readonly T[]> {
  const { min = 1, max, what } = options;
  const expected = `a list of ${min} to ${max} ${what}`;
  return {
    expected,
    read: (place, context) => {
      const { node, path } = place;
      if (node.kind !== 'list') return reportUnexpected(context, 'PM1201', place, { expected });
      if (node.items.length < min || node.items.length > max) {
        return report(context, 'PM1205', node, { path, expected, got: count(node.items.length) });
      }
      const before = context.findings.length;
      const values = node.items.map((child, index) => {
        const childPlace: Place = { node: child, path: `${path}[${index}]` };
        markPosition(childPlace, context);
        return item.read(childPlace, context);
      });
      reportRepeated(values, place, options, context);
      return hasErrorsSince(context, before) ? undefined : (values as T[]);
    },
  };
}

function count(items: number): string {
  return items === 1 ? '1 item' : `${items} items`;
}

function reportRepeated<T>(
  values: readonly (T | undefined)[],
  { node, path }: Place,
  { identity, repeated = 'PM2204' }: ListOptions<T>,
  context: ReadContext,
): void {
  if (node.kind !== 'list' || identity === undefined) return;
  const seen = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const child = node.items[index];
    if (value === undefined || child === undefined) continue;
    const name = identity(value);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else {
      report(context, repeated, child, {
        path: `${path}[${index}]`,
        expected: `each item once; ${path}[${first}] is the same`,
        got: quote(name),
      });
    }
  }
}

export interface EntriesOptions<T> {
  readonly max: number;
  /** What the keys are called in findings, plural. */
  readonly what: string;
  /** Reads a key; undefined for one that may not stand here. */
  readonly key: (typed: string) => string | undefined;
  /** What a key may be. */
  readonly keyExpected: string;
  readonly value: Reader<T>;
}

/** A map with free keys, as pairs in the order typed. Two keys that are read alike are a finding. */
export function entries<T>(options: EntriesOptions<T>): Reader<readonly (readonly [string, T])[]> {
  const { max, what, value } = options;
  const expected = `a map of 1 to ${max} ${what}`;
  return {
    expected,
    read: (place, context) => {
      const { node, path } = place;
      if (node.kind !== 'map') return reportUnexpected(context, 'PM1201', place, { expected });
      if (node.entries.size === 0 || node.entries.size > max)
        return report(context, 'PM1205', node, { path, expected, got: count(node.entries.size) });
      const before = context.findings.length;
      const pairs = new Map<string, T>();
      for (const [typed, entry] of node.entries) {
        const child: Place = { node: entry.value, path: childPath(path, typed) };
        markPosition(child, context);
        const key = readMapKey(typed, pairs, options);
        if (key.kind === 'refused') {
          report(context, key.code, entry.key, {
            path: child.path,
            expected: key.expected,
            got: quote(typed),
          });
          continue;
        }
        const read = value.read(child, context);
        if (read !== undefined) pairs.set(key.key, read);
      }
      return hasErrorsSince(context, before) ? undefined : [...pairs];
    },
  };
}

type MapKey =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'refused'; readonly code: FindingCode; readonly expected: string };

function readMapKey<T>(
  typed: string,
  known: ReadonlyMap<string, T>,
  { key: parse, keyExpected }: EntriesOptions<T>,
): MapKey {
  const key = parse(typed);
  if (key === undefined) return { kind: 'refused', code: 'PM2112', expected: keyExpected };
  if (known.has(key)) return { kind: 'refused', code: 'PM2204', expected: 'each key once' };
  return { kind: 'key', key };
}

export interface TextMapOptions {
  readonly max: number;
  /** Longest value, in characters. */
  readonly maxValue: number;
}

const MAP_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,251}[A-Za-z0-9])?$/;

/** A map from free names to text, such as labels. */
export function textMap({ max, maxValue }: TextMapOptions): Reader<Readonly<Record<string, string>>> {
  const expected = `a map of at most ${max} names to text of at most ${maxValue} characters`;
  return {
    expected,
    read: (place, context) => {
      const { node, path } = place;
      if (node.kind !== 'map') return reportUnexpected(context, 'PM1201', place, { expected });
      if (node.entries.size > max) {
        return report(context, 'PM1205', node, { path, expected, got: count(node.entries.size) });
      }
      const before = context.findings.length;
      const pairs: [string, string][] = [];
      for (const [key, entry] of node.entries) {
        const childPlace: Place = { node: entry.value, path: childPath(path, key) };
        markPosition(childPlace, context);
        if (!MAP_KEY.test(key)) {
          const letters = 'a name of letters, digits, ".", "_", "-" and "/"';
          report(context, 'PM2112', entry.key, { path: childPlace.path, expected: letters, got: `"${key}"` });
        }
        const text = readMapText(childPlace, maxValue, context);
        if (text !== undefined) pairs.push([key, text]);
      }
      return hasErrorsSince(context, before) ? undefined : Object.fromEntries(pairs);
    },
  };
}

function readMapText(place: Place, maxValue: number, context: ReadContext): string | undefined {
  const { node } = place;
  const expected = `text of at most ${maxValue} characters`;
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const isBare = node.kind === 'scalar' && node.value !== null;
    const hint = isBare ? `write it in quotes: "${node.source}"` : undefined;
    return reportUnexpected(context, 'PM1201', place, { expected, hint });
  }
  if (node.value.length > maxValue) return reportUnexpected(context, 'PM2112', place, { expected });
  return node.value;
}
