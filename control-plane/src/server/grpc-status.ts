/** The status codes with which a stream is ended (grpc.io, status codes). */
export const GRPC_STATUS = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Why a stream ends, as the client reads it. */
export interface StreamEnd {
  readonly code: (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS];
  readonly details: string;
}
