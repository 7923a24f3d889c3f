/** Bounds of a server; both kinds of server here have the same ones unless told otherwise. */
export const LIMITS = {
  /** Largest message taken, in bytes. */
  maxReceiveBytes: 4 * 1024 * 1024,
  /** Most calls under way on one connection. */
  maxConcurrentStreams: 1_000,
  /** What one HTTP/2 session may hold, in MiB; neither grpc-js nor node:http2 has a bound that fits by itself. */
  maxSessionMemoryMib: 64,
  /** A silent connection is pinged so often, in milliseconds, */
  keepaliveMs: 30_000,
  /** and given up when the ping is not answered in so many. */
  keepaliveTimeoutMs: 10_000,
} as const;
