import { inflateSync } from 'node:zlib';

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Pixels of each colour, by `rrggbb`. */
  readonly colors: ReadonlyMap<string, number>;
}

/** First bytes of a chunk: its length and its type. */
const CHUNK_HEAD = 8;
const CHECKSUM = 4;
const SIGNATURE = '89504e470d0a1a0a';

/** Reads a PNG of 8 bits a channel, without interlacing, as Chromium writes it (RFC 2083). */
export function readPng(bytes: Buffer): PngImage {
  if (bytes.subarray(0, 8).toString('hex') !== SIGNATURE) throw new Error('this is no PNG');
  const [header] = chunksOf(bytes, 'IHDR');
  if (header === undefined) throw new Error('the PNG has no IHDR');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = { 2: 3, 6: 4 }[header.readUInt8(9)];
  if (channels === undefined || header.readUInt8(8) !== 8 || header.readUInt8(12) !== 0)
    throw new Error('only PNGs of 8 bits a channel in RGB or RGBA, not interlaced, are read');
  const rows = inflateSync(Buffer.concat(chunksOf(bytes, 'IDAT')));
  return { width, height, colors: colorsOf(rows, { width, height, channels }) };
}

function chunksOf(bytes: Buffer, type: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at + CHUNK_HEAD <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const start = at + CHUNK_HEAD;
    if (bytes.toString('latin1', at + 4, start) === type) found.push(bytes.subarray(start, start + length));
    at = start + length + CHECKSUM;
  }
  return found;
}

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

function colorsOf(rows: Buffer, { width, height, channels }: Shape): ReadonlyMap<string, number> {
  const stride = width * channels;
  const counts = new Map<number, number>();
  let above: Buffer = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const at = y * (stride + 1);
    const line = rows.subarray(at + 1, at + 1 + stride);
    unfilter(rows[at] ?? 0, line, above, channels);
    for (let x = 0; x < stride; x += channels) {
      const color = line.readUIntBE(x, 3);
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    above = line;
  }
  return new Map([...counts].map(([color, count]) => [color.toString(16).padStart(6, '0'), count]));
}

/** Undoes the filter of one line, in place. */
function unfilter(filter: number, line: Buffer, above: Buffer, channels: number): void {
  for (let x = 0; x < line.length; x += 1) {
    const left = x < channels ? 0 : (line[x - channels] ?? 0);
    const up = above[x] ?? 0;
    const corner = x < channels ? 0 : (above[x - channels] ?? 0);
    line[x] = (line[x] ?? 0) + guessOf(filter, left, up, corner);
  }
}

function guessOf(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    default:
      return paeth(left, up, corner);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
