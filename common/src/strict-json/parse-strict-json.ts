/** A value that every reader understands alike, or what is wrong with the text. */
export type StrictJson =
  | { readonly kind: 'value'; readonly value: unknown }
  /** No JSON, or not in UTF-8. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'repeated_name'; readonly name: string }
  /** A number that a double cannot hold, which readers round differently. */
  | { readonly kind: 'inexact_number' };

export interface JsonRules {
  /** Most levels of objects and lists: what walks a value calls itself for each, and a stack has an end. */
  readonly maxDepth: number;
  /** Refuse numbers that a double does not hold exactly enough to print them again. Default false. */
  readonly isExact?: boolean;
}

/** Everything in a JSON text that this reader looks at: texts, brackets, colons, numbers. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]|-?[0-9][0-9.eE+-]*/g;
const NUMBER = /^-?[0-9]/;
const INTEGER = /^-?[0-9]+$/;
/** Significant decimal digits that every double keeps (IEEE 754 binary64). */
const EXACT_DIGITS = 15;
/** Below it doubles lose digits. */
const MIN_NORMAL = 2.2250738585072014e-308;

/** JSON as RFC 7493 (I-JSON) has it: UTF-8 without a mistake, each name once in its object; and not too deep. Never throws. */
export function parseStrictJson(bytes: Uint8Array, rules: JsonRules): StrictJson {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return findFault(text, rules) ?? { kind: 'value', value };
  } catch {
    // What exactly is wrong with it, the sender's own tools tell better.
    return { kind: 'malformed' };
  }
}

/** Walks the tokens of a text that is known to be JSON. */
function findFault(text: string, { maxDepth, isExact = false }: JsonRules): StrictJson | undefined {
  /** The names seen in each open object; a list has none. */
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    openOrClose(token, open);
    if (open.length > maxDepth) return { kind: 'too_deep' };
    if (isExact && isInexactNumber(token)) return { kind: 'inexact_number' };
    const repeated = token === ':' ? addName(last, open.at(-1)) : undefined;
    if (repeated !== undefined) return { kind: 'repeated_name', name: repeated };
    last = token;
  }
  return undefined;
}

function openOrClose(token: string, open: Set<string>[]): void {
  if (token === '{' || token === '[') open.push(new Set());
  if (token === '}' || token === ']') open.pop();
}

/** Gives the name back where it was there before. */
function addName(token: string, names: Set<string> | undefined): string | undefined {
  const name = String(JSON.parse(token));
  if (names?.has(name) === true) return name;
  names?.add(name);
  return undefined;
}

function isInexactNumber(token: string): boolean {
  if (!NUMBER.test(token)) return false;
  const number = Number(token);
  if (INTEGER.test(token)) return !Number.isSafeInteger(number);
  const digits = token
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replaceAll(/^0+|0+$/g, '');
  const isInRange = Number.isFinite(number) && (digits === '' || Math.abs(number) >= MIN_NORMAL);
  return digits.length > EXACT_DIGITS || !isInRange;
}
