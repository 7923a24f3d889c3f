import { endOfNested } from './end-of-nested.ts';
import type { FormField } from './parse-form.ts';
import { joinFields } from './sorted-text.ts';

/** What is known of the fields of a provider; it decides how a joined text is read. */
export interface TextRules {
  /** Hold JSON or `{...}`: one that begins with a bracket ends only after the bracket that closes it. */
  readonly nested: ReadonlySet<string>;
  /** Hold a URL: in its query, only a `known` name begins another field. */
  readonly urls: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

/**
 * True when a joined text can be read as these sorted fields and no others. The text escapes nothing, so that
 * `a=1&b=2` is one field or two: whoever holds a signature could move content from one field to another. So there is
 * one way to read a text, left to right: `&name=` begins a field where the name sorts after the present one. A message
 * whose text reads otherwise is refused, so no two accepted messages share a text. A URL with a query and JSON
 * with a URL in it pass, as does every value without `&`.
 */
export function readsBack(fields: readonly FormField[], rules: TextRules): boolean {
  const text = joinFields(fields);
  let at = 0;
  for (const [name, value] of fields) {
    const start = at + name.length + 1;
    const end = start + value.length;
    if (endOfValue(text, start, name, rules) !== end) return false;
    at = end + 1;
  }
  return true;
}

const SPACE = /[ \t\r\n]*/y;
const NEXT = /&([A-Za-z_][A-Za-z0-9_.-]{0,127})=/g;

/** Where the value that starts here ends, knowing only the text; -1 when a bracket never closes. */
function endOfValue(text: string, start: number, name: string, rules: TextRules): number {
  const from = rules.nested.has(name) ? endOfNested(text, skipSpace(text, start)) : start;
  if (from < 0) return -1;
  const query = rules.urls.has(name) ? text.indexOf('?', start) : -1;
  NEXT.lastIndex = from;
  for (let next = NEXT.exec(text); next !== null; next = NEXT.exec(text)) {
    const [, other = ''] = next;
    const isInQuery = query >= 0 && query < next.index && !rules.known.has(other);
    if (other > name && !isInQuery) return next.index;
    NEXT.lastIndex = next.index + 1;
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  SPACE.lastIndex = start;
  SPACE.test(text);
  return SPACE.lastIndex;
}
