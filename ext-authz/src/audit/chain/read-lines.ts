import { createReadStream } from 'node:fs';

/** One line of a file, without its line feed. */
export interface FileLine {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  /** The bytes, or the first of them when they are more than a line of the log may have. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
  /** False for the end of a file without a line feed. */
  readonly isEnded: boolean;
}

/** Longest line that is kept, in bytes; the log itself writes none over 4 096. */
const MAX_LINE_BYTES = 64 * 1024;
const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** The lines of a file, or of standard input for `-`, in bounded memory. `onRead` is told of bytes read. */
export async function* readLines(file: string, onRead: (bytes: number) => void): AsyncGenerator<FileLine> {
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: READ_BYTES });
  let begun = Buffer.alloc(0);
  let isTooLong = false;
  let number = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onRead(chunk.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const bytes = joined(begun, chunk.subarray(start, end));
      number += 1;
      yield {
        file,
        number,
        bytes: bytes.subarray(0, MAX_LINE_BYTES),
        isTooLong: isTooLong || bytes.byteLength > MAX_LINE_BYTES,
        isEnded: true,
      };
      begun = Buffer.alloc(0);
      isTooLong = false;
      start = end + 1;
    }
    begun = joined(begun, chunk.subarray(start));
    isTooLong ||= begun.byteLength > MAX_LINE_BYTES;
    begun = begun.subarray(0, MAX_LINE_BYTES);
  }
  if (begun.byteLength > 0) yield { file, number: number + 1, bytes: begun, isTooLong, isEnded: false };
}

function joined(one: Buffer<ArrayBuffer>, other: Buffer): Buffer<ArrayBuffer> {
  return one.byteLength === 0 ? Buffer.from(other) : Buffer.concat([one, other]);
}
