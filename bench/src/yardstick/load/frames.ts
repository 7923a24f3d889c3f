// What an HTTP/2 client that calls one method sends. (RFC 9113, RFC 7541)
export const FRAME_HEAD_BYTES = 9;
export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const ACK = 1;
export const END_STREAM = 1;
const END_HEADERS = 4;

const SETTING_WINDOW_BYTES = 4;
const LARGE_WINDOW = 2 ** 30;
const PREFIX_BYTES = 5;

/** A frame of any type. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.byteLength);
  bytes.writeUIntBE(payload.byteLength, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

/** The first bytes of a connection: windows so large that the other side never waits for this one. */
export function opening(): Buffer {
  const settings = Buffer.alloc(6);
  settings.writeUInt16BE(SETTING_WINDOW_BYTES, 0);
  settings.writeUInt32BE(LARGE_WINDOW, 2);
  const window = Buffer.alloc(4);
  window.writeUInt32BE(LARGE_WINDOW, 0);
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(SETTINGS, 0, 0, settings),
    frame(WINDOW_UPDATE, 0, 0, window),
  ]);
}

/** A call: its headers, and its message in one piece that ends it. */
export function call(stream: number, headerBlock: Uint8Array, message: Uint8Array): Buffer {
  const data = Buffer.allocUnsafe(PREFIX_BYTES + message.byteLength);
  data[0] = 0;
  data.writeUInt32BE(message.byteLength, 1);
  data.set(message, PREFIX_BYTES);
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, stream, headerBlock),
    frame(DATA, END_STREAM, stream, data),
  ]);
}

/** The headers of the first call of a connection, which puts them into the table of the other side, and of later ones. */
export function headerBlocks(
  path: string,
  authority: string,
): { readonly first: Buffer; readonly later: Buffer } {
  const post = 0x83;
  const http = 0x86;
  // Literals with incremental indexing: names 4, 1 and 31 of the static table, then a new one.
  const first = Buffer.concat([
    Buffer.of(post, http, 0x44),
    text(path),
    Buffer.of(0x41),
    text(authority),
    Buffer.of(0x5f),
    text('application/grpc'),
    Buffer.of(0x40),
    text('te'),
    text('trailers'),
  ]);
  // The newest entry of the dynamic table is 62.
  return { first, later: Buffer.of(post, http, 0xc1, 0xc0, 0xbf, 0xbe) };
}

/** Shorter than 127 bytes, without Huffman coding. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
}
