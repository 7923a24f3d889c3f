import type { FindingCode } from '../finding/codes.ts';
import type { MapNode } from '../yaml/node.ts';
import {
  hasErrorsSince,
  isSecretPath,
  markPosition,
  type Place,
  type ReadContext,
  type Reader,
  report,
  reportUnexpected,
} from './reader.ts';
import { suggest } from './suggest.ts';

/** A key that must be there or has a default. */
export interface PresentField<T> {
  readonly key: string;
  readonly reader: Reader<T>;
  readonly absent:
    | { readonly kind: 'report'; readonly code: FindingCode; readonly why?: string }
    | Fallback<T>;
}

interface Fallback<T> {
  readonly kind: 'default';
  readonly value: T;
}

/** A key that may be left out, and then is absent from the value too. */
export interface OptionalField<T> {
  readonly key: string;
  readonly reader: Reader<T>;
  readonly absent: { readonly kind: 'leave' };
}

/** For each property of T the key that is typed, and how it is read. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: T extends Record<K, T[K]>
    ? PresentField<T[K]>
    : OptionalField<Exclude<T[K], undefined>>;
};

/** A key that must be typed. `missing` gives its absence a code and a reason of its own. */
export function required<T>(
  key: string,
  reader: Reader<T>,
  missing: { readonly code?: FindingCode; readonly why?: string } = {},
): PresentField<T> {
  return { key, reader, absent: { kind: 'report', code: 'PM1203', ...missing } };
}

/** A key that may be left out. */
export function optional<T>(key: string, reader: Reader<T>): OptionalField<T> {
  return { key, reader, absent: { kind: 'leave' } };
}

/** A key that stands for `value` when it is left out. */
export function withDefault<T>(key: string, reader: Reader<T>, value: NoInfer<T>): PresentField<T> {
  return { key, reader, absent: { kind: 'default', value } };
}

export interface ObjectOptions {
  /** Keys that are read for mistakes and then dropped. Default none. */
  readonly ignored?: Readonly<Record<string, Reader<unknown>>>;
  /** Of these keys at least one must be typed. Default none. */
  readonly atLeastOne?: readonly string[];
  /** Keys of the policy language that this Paymesh does not act on yet. Default none. */
  readonly notYet?: Readonly<Record<string, NotYet>>;
}

/** What is said of a key that is known and not acted on. */
export interface NotYet {
  readonly code: 'PM1210' | 'PM1211';
  readonly says: string;
}

/** A key without which the rest still holds: a warning. */
export function warn(says: string): NotYet {
  return { code: 'PM1210', says };
}

/** A key that promises protection: to drop it would be a false promise, so the document is refused. */
export function refuse(says: string): NotYet {
  return { code: 'PM1211', says };
}

interface AnyField {
  readonly key: string;
  readonly reader: Reader<unknown>;
  readonly absent: PresentField<unknown>['absent'] | OptionalField<unknown>['absent'];
}

/** A map with known keys; others are findings. */
export function object<T extends object>(fields: FieldsOf<T>, options: ObjectOptions = {}): Reader<T> {
  const properties = Object.entries(fields as Readonly<Record<string, AnyField>>);
  const ignored = Object.entries(options.ignored ?? {});
  const notYet = options.notYet ?? {};
  const keys = new Set([...properties.map(([, field]) => field.key), ...ignored.map(([key]) => key)]);
  const expected = `a map with the keys ${[...keys].join(', ')}`;
  return {
    expected,
    read: (place, context) => {
      const { node } = place;
      if (node.kind !== 'map') return reportUnexpected(context, 'PM1201', place, { expected });
      const isRefused = reportNotYet(node, place.path, notYet, context);
      const before = context.findings.length;
      const meant = reportUnknownKeys(node, place.path, { keys, notYet }, context);
      const value = readProperties(properties, { node, path: place.path, meant }, context);
      for (const [key, reader] of ignored) readKey(node, key, reader, place.path, context);
      reportNoneOf(options.atLeastOne ?? [], { node, path: place.path, meant }, context);
      // Findings of this map: it cannot be used, though all its readers have spoken.
      return isRefused || hasErrorsSince(context, before) ? undefined : (value as T);
    },
  };
}

interface MapPlace {
  readonly node: MapNode;
  readonly path: string;
  /** Known keys of which an unknown one is a misspelling: they are not missing as well. */
  readonly meant: ReadonlySet<string>;
}

function readProperties(
  properties: readonly (readonly [string, AnyField])[],
  { node, path, meant }: MapPlace,
  context: ReadContext,
): Readonly<Record<string, unknown>> {
  const value: Record<string, unknown> = {};
  for (const [property, { key, reader, absent }] of properties) {
    if (node.entries.has(key)) value[property] = readKey(node, key, reader, path, context);
    else if (absent.kind === 'default') value[property] = absent.value;
    else if (absent.kind === 'report' && !meant.has(key)) {
      const expected = `the key "${key}": ${absent.why ?? reader.expected}`;
      report(context, absent.code, node, { path, expected, got: 'no such key' });
    }
  }
  return value;
}

function readKey(
  node: MapNode,
  key: string,
  reader: Reader<unknown>,
  parent: string,
  context: ReadContext,
): unknown {
  const entry = node.entries.get(key);
  if (entry === undefined) return undefined;
  const place: Place = { node: entry.value, path: childPath(parent, key) };
  markPosition(place, context);
  return reader.read(place, context);
}

/** True when one of the keys must not be dropped. */
function reportNotYet(
  node: MapNode,
  path: string,
  notYet: Readonly<Record<string, NotYet>>,
  context: ReadContext,
): boolean {
  const typed = Object.entries(notYet).filter(([key]) => node.entries.has(key));
  for (const [key, { code, says }] of typed) {
    const place = node.entries.get(key)?.key ?? node;
    report(context, code, place, {
      path: childPath(path, key),
      expected: 'a field that this Paymesh acts on',
      got: `"${key}", which it does not act on yet`,
      hint: says,
    });
  }
  return typed.some(([, { code }]) => code === 'PM1211');
}

interface KnownKeys {
  readonly keys: ReadonlySet<string>;
  readonly notYet: Readonly<Record<string, NotYet>>;
}

function reportUnknownKeys(
  node: MapNode,
  path: string,
  { keys, notYet }: KnownKeys,
  context: ReadContext,
): ReadonlySet<string> {
  const meant = new Set<string>();
  for (const [key, entry] of node.entries) {
    if (keys.has(key) || Object.hasOwn(notYet, key)) continue;
    const isSecret = isSecretPath(path);
    const free = [...keys].filter((known) => !node.entries.has(known));
    const guess = suggest(key, free);
    if (guess !== undefined) meant.add(guess);
    report(context, 'PM1202', entry.key, {
      path: isSecret ? path : childPath(path, key),
      expected: `one of the keys ${[...keys].join(', ')}`,
      got: isSecret ? 'a key that is not shown' : `"${key}"`,
      ...(guess === undefined ? {} : { hint: `did you mean "${guess}"?` }),
    });
  }
  return meant;
}

function reportNoneOf(keys: readonly string[], { node, path, meant }: MapPlace, context: ReadContext): void {
  if (keys.length === 0 || keys.some((key) => node.entries.has(key) || meant.has(key))) return;
  const expected = `at least one of the keys ${keys.join(', ')}`;
  report(context, 'PM1204', node, { path, expected, got: 'none of them' });
}

/** The path of a key below a path, as it would be typed. */
export function childPath(parent: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
