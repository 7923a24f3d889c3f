/** One field, decoded. */
export type FormField = readonly [name: string, value: string];

export type ParsedForm =
  | { readonly kind: 'fields'; readonly fields: readonly FormField[] }
  | { readonly kind: 'malformed'; readonly problem: FormProblem };

/**
 * `syntax`: not `name=value` joined by single `&`, or a byte that an encoder escapes. `name`: not a plain name (`a[]`).
 * `encoding`: bytes that are not UTF-8. `repeated`: a name twice. `too_many`, `too_long`: over the bounds.
 */
export type FormProblem = 'syntax' | 'name' | 'encoding' | 'repeated' | 'too_many' | 'too_long';

/** Most fields of a form. */
export const MAX_FIELDS = 256;
/** Longest field, in bytes as sent. */
export const MAX_FIELD_BYTES = 65_536;
/** What providers name their fields. No `[`, `=` or `&`: parsers disagree about the first and texts about the others. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
/** Anything but visible ASCII, and `;`, which some parsers take for `&`, and `#`, and `%` without two hex digits. */
const FOREIGN = /[^!"$%'-:<-~]|%(?![0-9A-Fa-f]{2})/;

/**
 * Reads application/x-www-form-urlencoded strictly: each field once, in order, percent-decoded exactly once as UTF-8,
 * `+` a space. What two parsers may read in two ways is refused. Zero bytes are zero fields. Never throws.
 */
export function parseForm(bytes: Uint8Array): ParsedForm {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (text === '') return { kind: 'fields', fields: [] };
  const segments = text.split('&', MAX_FIELDS + 1);
  if (segments.length > MAX_FIELDS) return { kind: 'malformed', problem: 'too_many' };
  const fields = new Map<string, string>();
  for (const segment of segments) {
    const field = parseSegment(segment);
    if (typeof field === 'string') return { kind: 'malformed', problem: field };
    const [name, value] = field;
    if (fields.has(name)) return { kind: 'malformed', problem: 'repeated' };
    fields.set(name, value);
  }
  return { kind: 'fields', fields: [...fields] };
}

function parseSegment(segment: string): FormField | FormProblem {
  if (segment.length > MAX_FIELD_BYTES) return 'too_long';
  const end = segment.indexOf('=');
  if (end < 0 || FOREIGN.test(segment)) return 'syntax';
  const name = decode(segment.slice(0, end));
  const value = decode(segment.slice(end + 1));
  if (name === undefined || value === undefined) return 'encoding';
  return NAME.test(name) ? [name, value] : 'name';
}

/** A byte order mark is kept: it is part of what was signed. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text;
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    // Not UTF-8: the caller is told by the absence of a value.
    return undefined;
  }
}
