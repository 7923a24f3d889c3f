/** Path and query as they are signed. */
export interface CanonicalTarget {
  readonly path: string;
  readonly query: string;
}

export type TargetResult =
  | { readonly kind: 'target'; readonly target: CanonicalTarget }
  /** Another target could share its text. */
  | { readonly kind: 'ambiguous' }
  /** One name several times, values not in order: another order would share its text. */
  | { readonly kind: 'unordered' };

/** Unreserved characters of RFC 3986, and upper-case escapes of all others: the one spelling that signers make. */
const CANONICAL = /^(?:[\w.~-]|%(?!2D|2E|5F|7E|3[0-9]|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A])[0-9A-F]{2})*$/;
/** The one service of which paths are encoded once and not normalised. */
const S3 = 's3';

/**
 * The path encoded once more (S3: not again), the query sorted by name, then value. What signers would fold into the
 * text of another target is refused: dot segments, empty segments, escapes that need not be, `+`, a bare `?`.
 */
export function canonicalTarget(target: string, service: string): TargetResult {
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const isPlain = service === S3 ? path.split('/').every(isCanonical) : !hasFoldedSegment(path);
  if (!isPlain) return { kind: 'ambiguous' };
  const pairs =
    at < 0
      ? []
      : target
          .slice(at + 1)
          .split('&')
          .map(readPair);
  if (!pairs.every(isPair)) return { kind: 'ambiguous' };
  const byName = pairs.toSorted((one, other) => compare(one[0], other[0]));
  if (!byName.every(isInOrder)) return { kind: 'unordered' };
  const query = byName.map(([name, value]) => `${name}=${value}`).join('&');
  return { kind: 'target', target: { path: service === S3 ? path : encodeAgain(path), query } };
}

/** Segments that signers take out of a path: all but the first and the last may not be empty. */
function hasFoldedSegment(path: string): boolean {
  const [, ...segments] = path.split('/');
  return segments.some((segment, index) => {
    const isEmptyInside = segment === '' && index < segments.length - 1;
    return isEmptyInside || segment === '.' || segment === '..';
  });
}

function encodeAgain(path: string): string {
  return path.replaceAll(/[^\w.~/-]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

type Pair = readonly [name: string, value: string];

function readPair(text: string): Pair | undefined {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? '' : text.slice(at + 1);
  return name !== '' && isCanonical(name) && isCanonical(value) ? [name, value] : undefined;
}

function isPair(pair: Pair | undefined): pair is Pair {
  return pair !== undefined;
}

function isCanonical(text: string): boolean {
  return CANONICAL.test(text);
}

function isInOrder([name, value]: Pair, index: number, all: readonly Pair[]): boolean {
  const before = all[index - 1];
  return before === undefined || before[0] !== name || before[1] <= value;
}

/** By bytes: all is ASCII. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
