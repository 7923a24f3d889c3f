/** A frame as it was read. One object for all frames of a connection: it is valid until the next. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** Holds the payload from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}
