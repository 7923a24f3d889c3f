/** Where two texts part; lines and columns count from 1, offsets from 0, all in bytes. */
export interface Difference {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** Up to 16 bytes from there, as JSON text; `end of text` where one is shorter. */
  readonly ours: string;
  readonly theirs: string;
}

const SHOWN_BYTES = 16;
const LINE_FEED = 0x0a;

/** The first byte in which the texts differ; undefined when they are equal. */
export function firstDifference(ours: Uint8Array, theirs: Uint8Array): Difference | undefined {
  const shorter = Math.min(ours.length, theirs.length);
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  for (; offset < shorter && ours[offset] === theirs[offset]; offset += 1) {
    if (ours[offset] === LINE_FEED) {
      line += 1;
      lineStart = offset + 1;
    }
  }
  if (offset === ours.length && offset === theirs.length) return undefined;
  return {
    offset,
    line,
    column: offset - lineStart + 1,
    ours: shown(ours, offset),
    theirs: shown(theirs, offset),
  };
}

function shown(text: Uint8Array, offset: number): string {
  if (offset >= text.length) return 'end of text';
  return JSON.stringify(Buffer.from(text.subarray(offset, offset + SHOWN_BYTES)).toString('latin1'));
}
