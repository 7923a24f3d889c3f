import type { FindingCode } from '../finding/codes.ts';
import { type Reader, reportUnexpected } from './reader.ts';
import { didYouMean } from './suggest.ts';

export interface FormatOptions<T> {
  readonly code: FindingCode;
  readonly expected: string;
  /** Undefined when the text has not that form. */
  readonly parse: (text: string) => T | undefined;
  /** What to do about this text. Default: nothing is said. */
  readonly hint?: (text: string) => string | undefined;
}

/** Text of a certain form. A bare number or truth value gets the same finding, not one about types. */
export function format<T>({ code, expected, parse, hint }: FormatOptions<T>): Reader<T> {
  return {
    expected,
    read: (place, context) => {
      const { node } = place;
      if (node.kind !== 'scalar' || node.value === null) {
        return reportUnexpected(context, 'PM1201', place, { expected });
      }
      const value = typeof node.value === 'string' ? parse(node.value) : undefined;
      if (value !== undefined) return value;
      return reportUnexpected(context, code, place, {
        expected,
        hint: hint?.(typeof node.value === 'string' ? node.value : node.source),
      });
    },
  };
}

/** Text that a pattern matches. */
export function text(
  expected: string,
  { pattern, code = 'PM2112' }: { readonly pattern: RegExp; readonly code?: FindingCode },
): Reader<string> {
  return format({ code, expected, parse: (typed) => (pattern.test(typed) ? typed : undefined) });
}

/** One of some words. */
export function oneOf<const W extends string>(words: readonly W[], code: FindingCode = 'PM2104'): Reader<W> {
  const [only] = words;
  const expected = words.length === 1 ? `"${only}"` : `one of ${words.join(', ')}`;
  return format({
    code,
    expected,
    parse: (typed) => words.find((word) => word === typed),
    hint: (typed) => didYouMean(typed, words),
  });
}

export interface NumberOptions {
  readonly min: number;
  readonly max: number;
  /** `percent`, `requests`. Default none. */
  readonly unit?: string;
}

/** A whole number within bounds. */
export function integer(options: NumberOptions): Reader<number> {
  return bounded(`a whole number${range(options)}`, (value) => Number.isInteger(value), options);
}

/** One of these whole numbers. */
export function numberAmong(values: readonly number[]): Reader<number> {
  const bounds = { min: Math.min(...values), max: Math.max(...values) };
  return bounded(`one of ${values.join(', ')}`, (value) => values.includes(value), bounds);
}

/** A number within bounds. */
export function number(options: NumberOptions): Reader<number> {
  return bounded(`a number${range(options)}`, (value) => Number.isFinite(value), options);
}

function range({ min, max, unit }: NumberOptions): string {
  return ` from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`;
}

function bounded(
  expected: string,
  isKind: (value: number) => boolean,
  { min, max }: NumberOptions,
): Reader<number> {
  return {
    expected,
    read: (place, context) => {
      const { node } = place;
      if (node.kind !== 'scalar' || typeof node.value !== 'number') {
        return reportUnexpected(context, 'PM1201', place, { expected });
      }
      const isGood = isKind(node.value) && node.value >= min && node.value <= max;
      return isGood ? node.value : reportUnexpected(context, 'PM2102', place, { expected });
    },
  };
}

/** `true` or `false`. */
export const boolean: Reader<boolean> = {
  expected: 'true or false',
  read: (place, context) => {
    const { node } = place;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    return reportUnexpected(context, 'PM1201', place, { expected: 'true or false' });
  },
};

/** Anything at all, for keys that are accepted and ignored. */
export const anything: Reader<unknown> = { expected: 'anything', read: () => true };
