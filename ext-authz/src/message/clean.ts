/** Longest value, in bytes, of a header that a signature covers. */
const MAX_VALUE_BYTES = 8_192;
const SPACE = 0x20;
const TAB = 0x09;
const LAST_PRINTABLE = 0x7e;

/** True for a value of visible ASCII, spaces and tabs that is not too long to be looked at. */
export function isClean(value: Uint8Array): boolean {
  if (value.byteLength > MAX_VALUE_BYTES) return false;
  for (const byte of value) if ((byte < SPACE && byte !== TAB) || byte > LAST_PRINTABLE) return false;
  return true;
}
