import type { Random } from './random.ts';

/** Changes a text in one way. */
export type TextMutator = (text: Buffer, random: Random) => Buffer;

/** Bytes that parsers stumble over. */
const ODD = [
  '\0',
  '\n',
  '\r\n',
  '\t',
  ' ',
  '\x7f',
  '\x80',
  '\xff',
  ',',
  ';',
  '=',
  '"',
  ':',
  '%',
  '&',
  '+',
  '?',
  '#',
  '\\',
  '/',
];
/** Last characters of base64 that carry bits of no byte, and some that do not. */
const BASE64_TAILS = ['A', 'B', 'C', 'D', 'Q', 'R', 'S', 'g', 'h', 'w', 'x', '0', '1'];
/** Numbers at which windows, sizes and integers end. */
const STEPS = [-1, 1, -10, 10, -300, 300, -301, 1_000, 2 ** 31, 2 ** 53];

/** Bytes, digits, case, base64 and escapes. */
export const textMutators: readonly TextMutator[] = [
  flipBit,
  (text, random) => text.subarray(0, random.below(text.length + 1)),
  (text, random) => text.subarray(random.below(text.length + 1)),
  (text, random) => insert(text, random, Buffer.from(random.pick(ODD), 'latin1')),
  (text, random) => insert(text, random, random.bytes(1 + random.below(4))),
  (text, random) => Buffer.concat([text, Buffer.from(random.pick(ODD), 'latin1')]),
  (text, random) => Buffer.concat([Buffer.from(random.pick(ODD), 'latin1'), text]),
  (text) => Buffer.concat([text, Buffer.from(','), text]),
  changeNumber,
  (text, random) => replaceAt(text, random, /[a-z]/gi, (letter) => swapCase(letter)),
  (text) => latin1(asText(text).replaceAll('+', '-').replaceAll('/', '_')),
  (text) => latin1(asText(text).replaceAll('=', '')),
  (text) => latin1(`${asText(text)}=`),
  // Bits that base64 has and bytes have not.
  (text, random) => replaceAt(text, random, /[A-Za-z0-9+/](?==)/g, () => random.pick(BASE64_TAILS)),
  (text, random) => replaceAt(text, random, /[!-~]/g, (char) => `%${hex(char)}`),
  (text, random) => replaceAt(text, random, /%[0-9A-F]{2}/gi, (escaped) => decode(escaped)),
  (text, random) => replaceAt(text, random, /%[0-9A-F]{2}/gi, (escaped) => swapCase(escaped)),
  (text, random) => replaceAt(text, random, /\+/g, () => '%20'),
  () => Buffer.alloc(0),
];

function flipBit(text: Buffer, random: Random): Buffer {
  const bent = Buffer.from(text);
  const at = random.below(Math.max(text.length, 1));
  if (at < bent.length) bent[at] = (bent[at] ?? 0) ^ (1 << random.below(8));
  return bent;
}

function insert(text: Buffer, random: Random, added: Buffer): Buffer {
  const at = random.below(text.length + 1);
  return Buffer.concat([text.subarray(0, at), added, text.subarray(at)]);
}

function changeNumber(text: Buffer, random: Random): Buffer {
  return replaceAt(text, random, /[0-9]{1,15}/g, (digits) => {
    if (random.chance(0.2)) return `0${digits}`;
    return String(Number(digits) + random.pick(STEPS));
  });
}

/** Replaces one of the matches. */
function replaceAt(text: Buffer, random: Random, pattern: RegExp, change: (match: string) => string): Buffer {
  const whole = asText(text);
  const matches = [...whole.matchAll(pattern)];
  if (matches.length === 0) return text;
  const match = random.pick(matches);
  return latin1(whole.slice(0, match.index) + change(match[0]) + whole.slice(match.index + match[0].length));
}

function asText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0');
}

function decode(escaped: string): string {
  return String.fromCodePoint(Number.parseInt(escaped.slice(1), 16));
}
