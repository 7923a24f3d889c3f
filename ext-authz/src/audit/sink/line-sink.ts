/** Why a line was not written: more than the bound of a second, a reader too slow, or writing that failed. */
export type DropCause = 'rate' | 'queue_full' | 'write_error';

/** Where lines go. Nothing here waits, but `close`, and that for a bounded time. */
export interface LineSink {
  /** Why a line cannot be taken now; undefined when there is room for one. */
  refusal(): Exclude<DropCause, 'rate'> | undefined;
  /** Takes one line, without its line feed. Asked for `refusal` before. */
  push(line: string): void;
  /** Calls when lines begin to go to another file of the same name. */
  onRotated(listener: () => void): void;
  /** Writes what is waiting, for a bounded time; tells how many lines were left behind. */
  close(): Promise<{ readonly lines: number; readonly cause: Exclude<DropCause, 'rate'> }>;
}

/** What a sink writes to. */
export interface LineTarget {
  /** Most bytes of one write. */
  readonly maxWriteBytes: number;
  /** Opens it where it is not. `other`: it is another file now, without what was begun in the one before. */
  ready(): Promise<'same' | 'other'>;
  /** How many bytes it took; 0 when its reader is not ready. Rejects when writing fails. */
  write(bytes: Uint8Array): Promise<number>;
  close(): Promise<void>;
}
