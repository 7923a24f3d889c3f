import { createReadStream } from 'node:fs';

/** Longer lines are given as undefined: nothing that a proxy logs is so long. */
const MAX_LINE_BYTES = 1_048_576;
const LINE_FEED = 0x0a;

/** The lines of a file, or of standard input for `-`, in bounded memory. `onRead` is told of bytes read. */
export async function* readLines(
  file: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<string | undefined> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  let begun: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    length += part.byteLength;
    if (length <= MAX_LINE_BYTES) begun.push(part);
  };
  const end = (): string | undefined => {
    const line = length > MAX_LINE_BYTES ? undefined : withoutMark(Buffer.concat(begun).toString('utf8'));
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onRead(chunk.byteLength);
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, at));
      yield end();
      start = at + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield end();
}

/** Without the byte order mark that some programs begin a file with. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
