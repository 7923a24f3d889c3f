import { classOf, type Item, parseItem, type SfParameter, serializeItem } from '../structured-field/index.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What a component identifier of a request asks for (RFC 9421 section 2). */
export type Component =
  | { readonly kind: 'derived'; readonly name: DerivedName }
  /** `name`: of the parameter, percent-encoded. */
  | { readonly kind: 'query-param'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string; readonly form: FieldForm };

/** How the value of a field is written: as it is, re-serialised, one member of it, or its bytes in base64. */
export type FieldForm =
  | { readonly kind: 'plain' | 'sf' | 'bs' }
  | { readonly kind: 'key'; readonly key: string };

export type DerivedName =
  | '@method'
  | '@target-uri'
  | '@authority'
  | '@scheme'
  | '@request-target'
  | '@path'
  | '@query';

const DERIVED: readonly string[] = [
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
] satisfies readonly DerivedName[];
/** Lower-case tchar: upper case is no component name, and `@` never starts a field. */
const isFieldNameChar = classOf("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");
const PLAIN: FieldForm = { kind: 'plain' };

/** Reads an identifier of a covered component. Whatever a request cannot have is refused: `@status`, `req`, `tr`, unknown names and parameters. */
export function readComponent({ value, parameters }: Item): Component | Refusal {
  if (value.kind !== 'string') return refuse('unknown_component');
  const name = value.value;
  if (name === '@query-param') return queryParam(parameters);
  if (isDerived(name)) return parameters.length > 0 ? refuse('unknown_component') : { kind: 'derived', name };
  if (!isFieldName(name)) return refuse('unknown_component');
  const form = fieldForm(parameters);
  return form === undefined ? refuse('unknown_component') : { kind: 'field', name, form };
}

/** The identifier as text that is equal for equal identifiers: the order of parameters does not count. `written`: its serialisation. */
export function canonicalId(item: Item, written = serializeItem(item)): string {
  if (item.parameters.length < 2) return written;
  const parameters = item.parameters.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return serializeItem({ ...item, parameters });
}

/**
 * The canonical text of an identifier that somebody typed, with or without quotes around the name (`@method`,
 * `"content-digest";key="sha-256"`). Undefined when it is none that a request can have.
 */
export function componentId(text: string): string | undefined {
  const parsed = parseItem(text.startsWith('"') ? text : quotedName(text));
  if (parsed.kind === 'malformed') return undefined;
  return readComponent(parsed.value).kind === 'refused' ? undefined : canonicalId(parsed.value);
}

function quotedName(text: string): string {
  const end = text.indexOf(';');
  return end === -1 ? `"${text}"` : `"${text.slice(0, end)}"${text.slice(end)}`;
}

function queryParam(parameters: readonly SfParameter[]): Component | Refusal {
  const [only, second] = parameters;
  if (only === undefined || second !== undefined) return refuse('unknown_component');
  const [key, value] = only;
  if (key !== 'name' || value.kind !== 'string') return refuse('unknown_component');
  return { kind: 'query-param', name: value.value };
}

/** `sf` with `key` says the same twice, which the RFC allows; `bs` stands alone. */
function fieldForm(parameters: readonly SfParameter[]): FieldForm | undefined {
  let form = PLAIN;
  for (const [key, value] of parameters) {
    const next = formOf(key, value);
    if (next === undefined) return undefined;
    if (form.kind === 'plain') form = next;
    else if (form.kind === 'bs' || next.kind === 'bs') return undefined;
    else if (next.kind === 'key') form = next;
  }
  return form;
}

function formOf(key: string, value: SfParameter[1]): FieldForm | undefined {
  if (key === 'key') return value.kind === 'string' ? { kind: 'key', key: value.value } : undefined;
  const isSet = value.kind === 'boolean' && value.value;
  return isSet && (key === 'sf' || key === 'bs') ? { kind: key } : undefined;
}

function isDerived(name: string): name is DerivedName {
  return DERIVED.includes(name);
}

function isFieldName(name: string): boolean {
  for (let at = 0; at < name.length; at += 1) if (!isFieldNameChar(name.charCodeAt(at))) return false;
  return name !== '';
}
