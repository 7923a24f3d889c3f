/** What a line of the log tells of. All but `decision` are about the log itself. */
export type RecordKind = 'decision' | 'dropped' | 'start' | 'rotated';

/** Longest line with its line feed, in bytes: as much as a pipe takes whole or not at all (PIPE_BUF of Linux). */
export const MAX_LINE_BYTES = 4_096;
/** Room for what the chain adds: a number and two hashes. */
const MAX_SEAL_BYTES = 256;
/** Longest record before it is sealed, in bytes. */
export const MAX_RECORD_BYTES = MAX_LINE_BYTES - MAX_SEAL_BYTES;

/** One JSON object of the log; fields that are undefined are not in it. Time is RFC 3339 with milliseconds. */
export function recordOf(kind: RecordKind, nowMs: number, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date(nowMs).toISOString(), service: 'ext-authz', msg: kind, ...fields });
}
