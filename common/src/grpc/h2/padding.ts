import type { Frame } from './frame.ts';
import { Flag } from './protocol.ts';

/** Where the content of a DATA or HEADERS frame begins and ends; undefined when there is more padding than frame. (RFC 9113, 6.1) */
export function unpadded({
  flags,
  bytes,
  start,
  end,
}: Frame): { readonly start: number; readonly end: number } | undefined {
  if ((flags & Flag.padded) === 0) return { start, end };
  const from = start + 1;
  const to = end - (bytes[start] ?? 0);
  return from <= end && from <= to ? { start: from, end: to } : undefined;
}
