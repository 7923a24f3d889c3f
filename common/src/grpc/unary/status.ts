/** The status codes that this server answers with by itself. (grpc/doc/statuscodes.md) */
export const Code = {
  ok: 0,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** How a call ended when it did not end with a message. */
export interface CallStatus {
  readonly code: number;
  /** For whoever calls; must hold nothing secret. */
  readonly details: string;
}

/** The trailers that tell a status. */
export function statusTrailers({ code, details }: CallStatus): readonly (readonly [string, string])[] {
  return [
    ['grpc-status', String(code)],
    ['grpc-message', percentEncode(details)],
  ];
}

/** As PROTOCOL-HTTP2.md writes a Status-Message: `%` and all but visible ASCII and space are escaped. */
function percentEncode(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(
      /[^\x20-\x24\x26-\x7e]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
