import { isCardNumber, MAX_PAN_DIGITS, MIN_PAN_DIGITS, maskedCardNumber } from './card-number.ts';
import { maskAroundUuids } from './uuid.ts';

/** A digit, or one in percent-encoding, however often that was encoded again. */
const DIGIT = String.raw`(?:\d|%(?:25)*3\d)`;
/** What people and forms write between the digits of a card: space, dash, dot, plus; also encoded. */
const SEPARATOR = String.raw`(?:[-. +\u00a0]|%(?:25)*2[0bBdDeE])`;
/** Digits and separators that may hold a card number; a fourth separator in a row ends it. */
const CANDIDATE = new RegExp(`(?:${DIGIT}${SEPARATOR}{0,3}){${MIN_PAN_DIGITS - 1},}${DIGIT}`, 'g');
const ENCODED_DIGIT = /%(?:25)*3(\d)/g;
/** Walks over separators too, for an encoded one is spelled with digits. */
const GROUP = new RegExp(`(${DIGIT}+)|${SEPARATOR}`, 'g');

/**
 * Shows of every card number in a text only its first six and last four digits: `411111******1111`.
 * It finds them with spaces, dashes, dots or percent-encoding between or for the digits, and among letters;
 * within a longer run of digits a number is not looked for, nor in a UUID.
 */
export function maskPans(text: string): string {
  return maskAroundUuids(text, (part) => part.replace(CANDIDATE, maskCandidate));
}

interface Group {
  readonly digits: string;
  /** Where it begins and ends in the candidate, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** A card number begins and ends where a group does: `4111 1111 1111 1111 2.51` is one and an amount. */
function maskCandidate(candidate: string): string {
  const groups = groupsOf(candidate);
  let masked = '';
  let done = 0;
  let first = 0;
  while (first < groups.length) {
    const found = numberAt(groups, first);
    first += found?.groups ?? 1;
    if (found === undefined) continue;
    masked += candidate.slice(done, found.start) + maskedCardNumber(found.digits);
    done = found.end;
  }
  return masked + candidate.slice(done);
}

function groupsOf(candidate: string): readonly Group[] {
  return [...candidate.matchAll(GROUP)].flatMap(({ 1: text, index }) =>
    text === undefined
      ? []
      : [{ digits: text.replace(ENCODED_DIGIT, '$1'), start: index, end: index + text.length }],
  );
}

/** The longest card number that begins with this group. */
function numberAt(
  groups: readonly Group[],
  first: number,
): (Group & { readonly groups: number }) | undefined {
  const start = groups[first]?.start ?? 0;
  let digits = '';
  let found: (Group & { readonly groups: number }) | undefined;
  for (const [index, group] of groups.slice(first, first + MAX_PAN_DIGITS).entries()) {
    digits += group.digits;
    if (digits.length > MAX_PAN_DIGITS) break;
    if (isCardNumber(digits)) found = { digits, start, end: group.end, groups: index + 1 };
  }
  return found;
}
