import {
  type DescField,
  type DescMessage,
  type Message,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';

/**
 * Encodes with the keys of every map in order, so that equal content gives equal bytes on every replica:
 * protobuf leaves the order of map entries open and protobuf-es writes them as they were inserted.
 * What already sits inside an Any was encoded by this function too (`pack`).
 */
export function encodeCanonical<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
): Uint8Array {
  sortMaps(reflect(schema, message));
  return toBinary(schema, message);
}

function sortMaps(message: ReflectMessage): void {
  for (const field of message.sortedFields) {
    if (!message.isSet(field)) continue;
    for (const child of children(message, field)) sortMaps(child);
    if (field.fieldKind === 'map') sortKeys(message.message, field.localName);
  }
}

function children(message: ReflectMessage, field: DescField): ReflectMessage[] {
  if (field.fieldKind === 'message') return [message.get(field)];
  if (field.fieldKind === 'list' && field.listKind === 'message')
    return [...message.get(field)].filter(isMessage);
  if (field.fieldKind === 'map' && field.mapKind === 'message') {
    return [...message.get(field).values()].filter(isMessage);
  }
  return [];
}

function isMessage(value: unknown): value is ReflectMessage {
  return isReflectMessage(value);
}

function sortKeys(message: Message, localName: string): void {
  const holder = message as unknown as Record<string, Record<string, unknown>>;
  const entries = Object.entries(holder[localName] ?? {});
  holder[localName] = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
