import { findLines, findRawLines, type Message } from '../../message/index.ts';
import {
  type Dictionary,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  serializeList,
  serializeMember,
} from '../structured-field/index.ts';
import type { FieldForm } from './component.ts';
import { type Refusal, refuse } from './refusal.ts';
import { STRUCTURED_TYPES } from './structured-types.ts';

type Lines = readonly [string, ...string[]];

/** Fields read as dictionaries for one signature, so that 64 members of one field cost one parse. */
export type ParsedFields = Map<string, Dictionary | Refusal>;

/** Value of a field component (RFC 9421 section 2.1), from the header lines of the message only. */
export function fieldValue(
  message: Message,
  name: string,
  form: FieldForm,
  parsed: ParsedFields,
): string | Refusal {
  switch (form.kind) {
    case 'plain':
      return withLines(message, name, (lines) => (lines.length === 1 ? lines[0] : lines.join(', ')));
    case 'sf':
      return withLines(message, name, (lines) => reserialized(name, lines));
    case 'key': {
      const dictionary = parsed.get(name) ?? dictionaryOf(message, name);
      parsed.set(name, dictionary);
      return 'reason' in dictionary ? dictionary : memberValue(form.key, dictionary);
    }
    case 'bs':
      return wrappedBytes(message, name);
  }
}

function withLines<T>(message: Message, name: string, use: (lines: Lines) => T | Refusal): T | Refusal {
  const lines = linesOf(message, name);
  return 'kind' in lines ? lines : use(lines);
}

function linesOf(message: Message, name: string): Lines | Refusal {
  const lines = findLines(message, name);
  if (lines.kind === 'unclean') return refuse('unclean_header');
  if (name === 'host') return hostLines(message, lines.kind === 'lines' ? lines.values : undefined);
  return lines.kind === 'absent' ? refuse('missing_component') : lines.values;
}

/** The proxy hands Host on as the authority; a Host beside it must say the same. */
function hostLines({ authority }: Message, lines: Lines | undefined): Lines | Refusal {
  const isSame = lines === undefined || (lines.length === 1 && lines[0] === authority);
  return isSame ? [authority] : refuse('malformed_authority');
}

/** RFC 9421 section 2.1.3. */
function wrappedBytes(message: Message, name: string): string | Refusal {
  const lines = findRawLines(message, name);
  if (lines.kind === 'absent') return refuse('missing_component');
  if (lines.kind === 'unclean') return refuse('unclean_header');
  return lines.values.map((bytes) => `:${Buffer.from(bytes).toString('base64')}:`).join(', ');
}

/** RFC 9421 section 2.1.1. */
function reserialized(name: string, lines: Lines): string | Refusal {
  switch (STRUCTURED_TYPES.get(name)) {
    case 'dictionary':
      return serialized(parseDictionary(lines), serializeDictionary);
    case 'list':
      return serialized(parseList(lines), serializeList);
    case 'item':
      return lines.length === 1 ? serialized(parseItem(lines[0]), serializeItem) : refuse('unclean_header');
    case undefined:
      return refuse('unknown_component');
  }
}

function serialized<T>(
  parsed: { readonly kind: 'parsed'; readonly value: T } | { readonly kind: 'malformed' },
  serialize: (value: T) => string,
): string | Refusal {
  return parsed.kind === 'parsed' ? serialize(parsed.value) : refuse('unclean_header');
}

/** RFC 9421 section 2.1.2. A field of unknown type is a dictionary if its signer says so and it reads as one. */
function dictionaryOf(message: Message, name: string): Dictionary | Refusal {
  const type = STRUCTURED_TYPES.get(name);
  if (type === 'list' || type === 'item') return refuse('unknown_component');
  return withLines(message, name, (lines) => {
    const parsed = parseDictionary(lines);
    return parsed.kind === 'parsed' ? parsed.value : refuse('unclean_header');
  });
}

function memberValue(key: string, dictionary: Dictionary): string | Refusal {
  const member = dictionary.get(key);
  return member === undefined ? refuse('missing_component') : serializeMember(member);
}
