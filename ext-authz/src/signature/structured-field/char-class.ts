const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const ASCII = 128;

/** A set of ASCII characters, asked by code; codes beyond are in none. */
export type CharClass = (code: number) => boolean;

export const isDigit = classOf(DIGITS);
export const isLowerHex = classOf(`${DIGITS}abcdef`);
export const isKeyStart = classOf(`${LOWER}*`);
export const isKeyChar = classOf(`${LOWER}${DIGITS}_-.*`);
export const isTokenStart = classOf(`${LOWER}${UPPER}*`);
/** tchar of RFC 9110, and `:` and `/`. */
export const isTokenChar = classOf(`${LOWER}${UPPER}${DIGITS}!#$%&'*+-.^_\`|~:/`);

/** The class of the characters of a text. */
export function classOf(characters: string): CharClass {
  const table = new Uint8Array(ASCII);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return (code) => table[code] === 1;
}
