/** What one peer may cost; all but the first and the last two are held by `hostile.test.ts`. */
export const H2_LIMITS = {
  /** Connections of a server; more are closed at once. */
  maxConnections: 10_000,
  /** A new connection must have sent its preface by then. */
  prefaceTimeoutMs: 10_000,
  /** After GOAWAY for an error, so long is waited for the peer to read it and go. */
  lingerMs: 1_000,
  /** A header list, each field with 32 bytes more: Envoy's, with tracing and metadata, are under 2 kB. */
  maxHeaderListBytes: 16 * 1024,
  /** A header block as sent, over all its frames, */
  maxHeaderBlockBytes: 32 * 1024,
  /** of which so many may be CONTINUATION. (CVE-2024-27316 and others of its kind) */
  maxContinuations: 16,
  /** Entries of one SETTINGS frame. */
  maxSettings: 32,
  /**
   * Calls that a peer gives up or makes us give up: so many at once, then so many a second. (CVE-2023-44487, CVE-2025-8671)
   * Handlers that work on for such calls are bounded too: no more than the calls that it may have under way.
   */
  resets: { burst: 2_000, perSecond: 500 },
  /** Frames that bring nothing on (PING, SETTINGS, PRIORITY, empty DATA, WINDOW_UPDATE, unknown ones); a call allows for ten. */
  idleFrames: { burst: 10_000, perSecond: 1_000 },
  idleFramesPerCall: 10,
  /** Nothing more is read while so much waits for the socket. */
  pauseAtBytes: 1024 * 1024,
  /** Answers that the peer has not taken, by window or by socket; above it is cut off. */
  maxQueuedBytes: 64 * 1024 * 1024,
  /** What a stream may send before it is told to go on. */
  streamWindowBytes: 1024 * 1024,
  /** The same of all streams of a connection. */
  connectionWindowBytes: 16 * 1024 * 1024,
} as const;
