const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
const GROUP = 4;
const NO_DIGIT = 0xff;
/** Bits of the last digit that no byte is made of, by the number of pad characters. */
const SPARE_BITS = [0, 0b11, 0b1111] as const;
const DIGIT_OF_CODE = digitTable();

/**
 * Length of the standard base64 at the place, up to the first other character; undefined when it is not the one right
 * spelling of its bytes: whole groups, padding only at the end, spare bits 0 (RFC 4648 section 3.5).
 */
export function base64Length(text: string, start: number): number | undefined {
  let at = start;
  while (digitOf(text, at) !== NO_DIGIT) at += 1;
  const digits = at - start;
  while (text.charCodeAt(at) === PAD) at += 1;
  const length = at - start;
  const spare = SPARE_BITS[length - digits];
  if (spare === undefined || length % GROUP !== 0) return undefined;
  if (digits === 0) return length === 0 ? 0 : undefined;
  return (digitOf(text, start + digits - 1) & spare) === 0 ? length : undefined;
}

function digitOf(text: string, at: number): number {
  return DIGIT_OF_CODE[text.charCodeAt(at)] ?? NO_DIGIT;
}

function digitTable(): Uint8Array {
  const table = new Uint8Array(128).fill(NO_DIGIT);
  for (let digit = 0; digit < ALPHABET.length; digit += 1) table[ALPHABET.charCodeAt(digit)] = digit;
  return table;
}
