import type { Frame } from './frame.ts';
import { readUint31 } from './frame-cutter.ts';
import { H2_LIMITS } from './limits.ts';
import { unpadded } from './padding.ts';
import { ErrorCode, Flag } from './protocol.ts';

/** A whole header block, as it was sent. */
export interface HeaderBlock {
  readonly streamId: number;
  /** It ends the stream. */
  readonly isEnd: boolean;
  /** The stream waits for itself, an error of its own. (RFC 7540, 5.3.1) */
  readonly isSelfDependent: boolean;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const PRIORITY_BYTES = 5;

/** Joins HEADERS and its CONTINUATIONs, within bounds. Nearly always there are none and nothing is copied. */
export class HeaderBlocks {
  readonly #onBlock: (block: HeaderBlock) => ErrorCode;
  #begun: HeaderBlock | undefined;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(onBlock: (block: HeaderBlock) => ErrorCode) {
    this.#onBlock = onBlock;
  }

  /** The stream whose block is not whole; no other frame may come before it is. 0: none. */
  get openStreamId(): number {
    return this.#begun?.streamId ?? 0;
  }

  onHeaders(frame: Frame): ErrorCode {
    const { streamId, flags, bytes } = frame;
    const content = unpadded(frame);
    if (content === undefined) return ErrorCode.protocolError;
    const hasPriority = (flags & Flag.priority) !== 0;
    const start = content.start + (hasPriority ? PRIORITY_BYTES : 0);
    if (start > content.end) return ErrorCode.frameSizeError;
    const block = {
      streamId,
      isEnd: (flags & Flag.endStream) !== 0,
      isSelfDependent: hasPriority && readUint31(bytes, content.start) === streamId,
      bytes,
      start,
      end: content.end,
    };
    if ((flags & Flag.endHeaders) !== 0) return this.#onBlock(block);
    this.#begun = block;
    return this.#gather(bytes.subarray(start, content.end));
  }

  onContinuation({ streamId, flags, bytes, start, end }: Frame): ErrorCode {
    const begun = this.#begun;
    if (begun === undefined || begun.streamId !== streamId) return ErrorCode.protocolError;
    const code = this.#gather(bytes.subarray(start, end));
    if (code !== ErrorCode.noError || (flags & Flag.endHeaders) === 0) return code;
    const whole = Buffer.concat(this.#pieces);
    this.#begun = undefined;
    this.#pieces = [];
    this.#size = 0;
    return this.#onBlock({ ...begun, bytes: whole, start: 0, end: whole.byteLength });
  }

  /** Copies: a piece would keep the chunk that it came in. */
  #gather(piece: Buffer): ErrorCode {
    this.#size += piece.byteLength;
    this.#pieces.push(Buffer.from(piece));
    const isTooMuch =
      this.#size > H2_LIMITS.maxHeaderBlockBytes || this.#pieces.length > H2_LIMITS.maxContinuations + 1;
    return isTooMuch ? ErrorCode.enhanceYourCalm : ErrorCode.noError;
  }
}
