/** What a parser gives: a value, or one sentence that says what was expected. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** A parsed value. */
export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A refusal; the sentence names the field and what it must be. */
export function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** True for a JSON object: not null, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads an identifier such as an order id: 1 to 64 characters of letters, digits and `_ . : -`. */
export function parseId(value: unknown, field: string): Parsed<string> {
  if (typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)) return accept(value);
  return refuse(`${field} must be 1 to 64 characters of letters, digits and _ . : -`);
}
