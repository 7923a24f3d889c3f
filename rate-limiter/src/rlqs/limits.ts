/** Bounds of the quota service: over one of them a stream is refused or a bucket is abandoned, and the rest goes on. */
export const QUOTA_LIMITS = {
  /** A proxy has one stream for each domain. */
  streams: 1_000,
  /** A proxy tells of all its buckets in each report, so this also bounds the size of one. */
  bucketsPerStream: 10_000,
  /** Of all streams together. */
  buckets: 100_000,
  /** Pairs of one bucket id. */
  entries: 16,
  /** Characters of one bucket id, keys and values together. */
  idCharacters: 4_096,
  /** Actions in one message to a proxy; further ones go into the next. */
  actionsPerMessage: 1_000,
} as const;

/** Buckets of which replicas tell each other: more would be several MB a second. Further ones are divided by each alone. */
export const MOST_TOLD = 10_000;

/** What a replica said holds so long, in milliseconds. */
export const PEER_TTL_MS = 5_000;

/** Assignments hold so long without a word, in whole seconds: Envoy cuts fractions and reports every 5 s. */
export const TTL_SECONDS = 30;

/** Those of rules whose parts outlive the limiter. Envoy 1.40 lets all pass after the end, also with `reuse_last_assignment`. */
export const LONG_TTL_SECONDS = 3_600;

/** They are sent anew when half of the shorter is over, in milliseconds. */
export const RENEW_MS = (TTL_SECONDS * 1_000) / 2;

/** Shares are looked at so often, in milliseconds. */
export const TICK_MS = 1_000;

/** A bucket without a request for so long, and for its own period, is abandoned; in milliseconds. */
export const SILENT_MS = 300_000;
