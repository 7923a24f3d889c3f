const MAX_PREFIX = 127;
const MORE = 0x80;

/**
 * A block of literals that nobody remembers: it is the same bytes at any time of any connection.
 * `:status` must be first where there is one. (RFC 7541, 6.2.2)
 */
export function encodeFields(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** Each character is one byte; no Huffman. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.byteLength), bytes]);
}

function integer(value: number): Buffer {
  if (value < MAX_PREFIX) return Buffer.of(value);
  const bytes = [MAX_PREFIX];
  let rest = value - MAX_PREFIX;
  for (; rest >= MORE; rest >>= 7) bytes.push(MORE | (rest & MAX_PREFIX));
  return Buffer.from([...bytes, rest]);
}
