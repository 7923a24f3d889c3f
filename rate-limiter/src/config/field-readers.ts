import { isScalar } from 'yaml';

import { scalarBoolean, scalarInteger, scalarKind, scalarText } from './scalar.ts';
import { suggest } from './suggest.ts';
import { describe, type Field, type Place, type YamlReader } from './yaml-reader.ts';

const MAX_UINT32 = 4_294_967_295;

/** Where each key of envoyproxy/ratelimit, and of our own, may stand. */
const HOMES: Readonly<Record<string, string>> = {
  domain: 'at the root of the file',
  descriptors: 'at the root of the file or in a descriptor',
  key: 'in a descriptor',
  value: 'in a descriptor',
  rate_limit: 'in a descriptor',
  shadow_mode: 'in a descriptor, beside rate_limit',
  quota_mode: 'in a descriptor, beside rate_limit',
  detailed_metric: 'in a descriptor',
  value_to_metric: 'in a descriptor',
  share_threshold: 'in a descriptor',
  metadata: 'in a descriptor',
  unit: 'in rate_limit',
  requests_per_unit: 'in rate_limit',
  unlimited: 'in rate_limit',
  name: 'in rate_limit or in an entry of replaces',
  replaces: 'in rate_limit',
  algorithm: 'in rate_limit',
  burst: 'in rate_limit',
  every: 'in rate_limit',
  time_zone: 'in rate_limit',
  consume: 'in rate_limit',
  concurrency: 'in rate_limit',
  limits: 'in rate_limit',
  max: 'in concurrency',
  hold_seconds: 'in concurrency',
};

/** The fields of a map by key; unknown and misplaced keys are found and left out. */
export function knownFields(
  reader: YamlReader,
  place: Place,
  allowed: readonly string[],
): ReadonlyMap<string, Field> | undefined {
  const fields = reader.fields(place);
  if (fields === undefined) return undefined;
  const known = new Map<string, Field>();
  for (const field of fields) {
    if (allowed.includes(field.key)) known.set(field.key, field);
    else reportUnknown(reader, field, allowed);
  }
  return known;
}

function reportUnknown(reader: YamlReader, { key, keyPlace }: Field, allowed: readonly string[]): void {
  const home = Object.hasOwn(HOMES, key) ? HOMES[key] : undefined;
  const expected = `one of ${allowed.join(', ')}`;
  if (home !== undefined) {
    reader.report('RL1005', keyPlace, { expected, got: `"${key}"`, hint: `"${key}" stands ${home}` });
    return;
  }
  const meant = suggest(key, allowed) ?? suggest(key, Object.keys(HOMES));
  reader.report('RL1004', keyPlace, {
    expected,
    got: `"${key}"`,
    ...(meant !== undefined && { hint: `did you mean "${meant}"?` }),
  });
}

/** A text as it is written: numbers, booleans and dates too. Empty where nothing stands there. */
export function readText(reader: YamlReader, field: Field | undefined): string {
  const place = field?.value;
  if (place === undefined) return '';
  const { node } = place;
  if (!isScalar(node)) {
    reader.report('RL1003', place, { expected: 'a text', got: describe(node) });
    return '';
  }
  const kind = scalarKind(node);
  if (kind === 'null') return '';
  if (kind === 'float') {
    reader.report('RL2010', place, {
      expected: 'a text',
      got: `the number ${scalarText(node)}`,
      hint: `write it in quotes: "${scalarText(node)}"`,
    });
  }
  return scalarText(node);
}

/** True or false; false where nothing stands there. */
export function readBoolean(reader: YamlReader, field: Field | undefined): boolean {
  const place = field?.value;
  if (place === undefined) return false;
  const { node } = place;
  const kind = isScalar(node) ? scalarKind(node) : undefined;
  if (kind === 'null') return false;
  if (isScalar(node) && kind === 'boolean') return scalarBoolean(node);
  reader.report('RL2012', place, { expected: 'true or false', got: describe(node) });
  return false;
}

/** One of some words; undefined where nothing stands there, or another word. */
export function readWord<const W extends string>(
  reader: YamlReader,
  field: Field | undefined,
  words: readonly W[],
): W | undefined {
  const text = readText(reader, field);
  const known = words.find((word) => word === text);
  if (known !== undefined || field?.value === undefined || text === '') return known;
  const meant = suggest(text, words);
  reader.report('RL2016', field.value, {
    expected: `one of ${words.join(', ')}`,
    got: `"${text}"`,
    ...(meant !== undefined && { hint: `did you mean "${meant}"?` }),
  });
  return undefined;
}

/** A whole number of 32 bits; undefined where nothing stands there. */
export function readUint32(reader: YamlReader, field: Field | undefined): number | undefined {
  const place = field?.value;
  if (place === undefined) return undefined;
  const { node } = place;
  const kind = isScalar(node) ? scalarKind(node) : undefined;
  if (kind === 'null') return undefined;
  if (isScalar(node) && kind === 'integer') {
    const value = scalarInteger(node);
    if (value >= 0 && value <= MAX_UINT32) return value;
  }
  reader.report('RL2011', place, {
    expected: `a whole number from 0 to ${MAX_UINT32}, unquoted`,
    got: describe(node),
  });
  return 0;
}

/** The items of a list; none where nothing stands there. */
export function readItems(reader: YamlReader, field: Field | undefined): readonly Place[] {
  const place = field?.value;
  if (place === undefined || isNothing(place)) return [];
  return reader.items(place) ?? [];
}

/** True where an explicit null or nothing at all stands. */
export function isNothing({ node }: Place): boolean {
  return isScalar(node) && scalarKind(node) === 'null';
}
