/** Reversed, as IEEE 802.3 has it. */
const POLYNOMIAL = 0xed_b8_83_20;
const TABLES = makeTables();

/**
 * What `crc32` of node:zlib gives for the bytes from `start` to before `end`: for a record of some hundred bytes the way
 * into zlib takes longer, and wants a Buffer of its own. Four bytes a step ("slicing", Kounavis and Berry 2005).
 */
export function crc32Of(bytes: Uint8Array, start: number, end: number): number {
  let rest = 0xff_ff_ff_ff;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    rest ^= byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16);
    rest ^= byteAt(bytes, at + 3) << 24;
    rest =
      entry(0x300 | (rest & 0xff)) ^
      entry(0x200 | ((rest >>> 8) & 0xff)) ^
      entry(0x100 | ((rest >>> 16) & 0xff)) ^
      entry(rest >>> 24);
  }
  for (; at < end; at += 1) rest = entry((rest ^ byteAt(bytes, at)) & 0xff) ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** Four tables of 256 entries: what is left of a byte with no, one, two and three bytes of zeros behind it. */
function makeTables(): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ POLYNOMIAL;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

function entry(at: number): number {
  return TABLES[at] ?? 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
