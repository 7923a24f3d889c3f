import type { Frame } from './frame.ts';
import { H2_LIMITS } from './limits.ts';
import { ErrorCode, MAX_FRAME_BYTES, MAX_WINDOW_BYTES, Setting } from './protocol.ts';

/** What a SETTINGS frame says that this side must obey. */
export type ReadSettings =
  | { readonly kind: 'settings'; readonly initialWindowBytes: number | undefined }
  | { readonly kind: 'error'; readonly code: ErrorCode };

const ENTRY_BYTES = 6;
const MAX_FRAME_SIZE = 0xff_ff_ff;

/**
 * Reads and checks a SETTINGS frame that is no acknowledgement. (RFC 9113, 6.5.2) The size of the header table needs no
 * answer: this side says once that it uses none.
 */
export function readSettings({ bytes, start, end }: Frame): ReadSettings {
  if ((end - start) % ENTRY_BYTES !== 0) return error(ErrorCode.frameSizeError);
  if (end - start > H2_LIMITS.maxSettings * ENTRY_BYTES) return error(ErrorCode.enhanceYourCalm);
  let initialWindowBytes: number | undefined;
  for (let at = start; at < end; at += ENTRY_BYTES) {
    const id = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    const code = checkSetting(id, value);
    if (code !== ErrorCode.noError) return error(code);
    if (id === Setting.initialWindowSize) initialWindowBytes = value;
  }
  return { kind: 'settings', initialWindowBytes };
}

function checkSetting(id: number, value: number): ErrorCode {
  switch (id) {
    case Setting.enablePush:
      return value > 1 ? ErrorCode.protocolError : ErrorCode.noError;
    case Setting.initialWindowSize:
      return value > MAX_WINDOW_BYTES ? ErrorCode.flowControlError : ErrorCode.noError;
    case Setting.maxFrameSize:
      return value < MAX_FRAME_BYTES || value > MAX_FRAME_SIZE ? ErrorCode.protocolError : ErrorCode.noError;
    default:
      return ErrorCode.noError;
  }
}

function error(code: ErrorCode): ReadSettings {
  return { kind: 'error', code };
}

/** The payload of this side's SETTINGS. */
export function ownSettings(maxConcurrentStreams: number): Buffer {
  const entries: readonly (readonly [id: number, value: number])[] = [
    [Setting.maxConcurrentStreams, maxConcurrentStreams],
    [Setting.initialWindowSize, H2_LIMITS.streamWindowBytes],
    [Setting.maxHeaderListSize, H2_LIMITS.maxHeaderListBytes],
  ];
  const payload = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [index, [id, value]] of entries.entries()) {
    payload.writeUInt16BE(id, index * ENTRY_BYTES);
    payload.writeUInt32BE(value, index * ENTRY_BYTES + 2);
  }
  return payload;
}
