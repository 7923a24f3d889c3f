/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A value as an object with these names in it or not. Undefined for anything else, and where another spelling of a
 * name is there: a reader that is not particular about case would take that value for the signed one.
 */
export function objectWith(value: unknown, names: readonly string[]): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const folded = new Set(names.map(fold));
  const own = Object.entries(value);
  const isPlain = own.every(([name]) => names.includes(name) || !folded.has(fold(name)));
  return isPlain ? Object.fromEntries<unknown>(own) : undefined;
}

/** Upper case first: U+017F is an `s` to readers that fold case by Unicode. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}
