import { isMap, isScalar, isSeq } from 'yaml';

import type { Json, JsonObject } from '../match/index.ts';
import { isNothing } from './field-readers.ts';
import { scalarBoolean, scalarInteger, scalarKind, scalarText } from './scalar.ts';
import type { Field, Place, YamlReader } from './yaml-reader.ts';

/** Deepest nesting of metadata; what is below is left out. */
const MAX_DEPTH = 16;

/** The metadata of a descriptor as plain JSON; undefined where none stands there. Only that it is a map is checked. */
export function readMetadata(reader: YamlReader, field: Field | undefined): JsonObject | undefined {
  const place = field?.value;
  if (place === undefined || isNothing(place)) return undefined;
  return objectOf(reader, place, 0);
}

function objectOf(reader: YamlReader, place: Place, depth: number): JsonObject {
  const fields = depth >= MAX_DEPTH ? [] : (reader.fields(place) ?? []);
  const members = fields.map(({ key, value }) => [key, jsonOf(reader, value, depth + 1)] as const);
  return Object.fromEntries(members);
}

function jsonOf(reader: YamlReader, place: Place | undefined, depth: number): Json {
  if (place === undefined) return null;
  const { node } = place;
  if (isMap(node)) return objectOf(reader, place, depth);
  if (isSeq(node)) {
    const items = depth >= MAX_DEPTH ? [] : (reader.items(place) ?? []);
    return items.map((item) => jsonOf(reader, item, depth + 1));
  }
  if (!isScalar(node)) return null;
  switch (scalarKind(node)) {
    case 'null':
      return null;
    case 'boolean':
      return scalarBoolean(node);
    case 'integer':
      return scalarInteger(node);
    case 'float':
      return finite(scalarText(node));
    case 'text':
      return scalarText(node);
  }
}

/** JSON knows no infinity: such a number stays the text that it was. */
function finite(text: string): Json {
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}
