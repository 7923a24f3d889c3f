import type { HeaderLine } from '../../message/index.ts';

/**
 * A header line whose value is made into a part of the request's buffer when it is asked for: of the twenty
 * headers of a request a decision looks at four. A class, since a getter on each object would cost what it saves.
 */
export class HeaderPart implements HeaderLine {
  readonly name: string;
  private readonly bytes: Buffer;
  private readonly start: number;
  private readonly end: number;

  constructor(name: string, bytes: Buffer, start: number, end: number) {
    this.name = name;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  get value(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }
}
