import type { Clock } from '@paymesh/common/clock';

import type { AuditEntry } from './audit-entry.ts';
import type { Chain } from './chain/index.ts';
import { decisionRecord } from './decision-record.ts';
import { createLineRate } from './line-rate.ts';
import { type RecordKind, recordOf } from './record.ts';
import type { DropCause, LineSink } from './sink/index.ts';

export interface AuditOptions {
  /** Where lines go. The audit closes it. */
  readonly sink: LineSink;
  readonly clock: Clock;
  /** One allow in so many is written; 1: all, 0: none. Default 100. */
  readonly allowSample?: number | undefined;
  /** Most decisions in a second; a flood of forgeries must not fill the disk. Default 1 000. */
  readonly maxLinesPerSecond?: number | undefined;
  /** Given, every line is sealed to the one before it. */
  readonly chain?: Chain | undefined;
  /** Told of lines that were not written, and why. */
  readonly onDropped: (cause: DropCause, lines: number) => void;
}

/** The decision log: all denials, a sample of the allows. It never waits for whoever reads or stores it. */
export interface Audit {
  /** True when the next decision of this kind is to be written: ask once for each, then call `write`. */
  wants(decision: AuditEntry['decision']): boolean;
  write(entry: AuditEntry): void;
  /** Writes what is waiting, for a bounded time, and closes the sink. */
  close(): Promise<void>;
}

const DEFAULT_ALLOW_SAMPLE = 100;
const DEFAULT_MAX_LINES_PER_SECOND = 1_000;

/** Starts the log; a chained one begins with a line that says so. */
export function createAudit(options: AuditOptions): Audit {
  const { sink, clock, chain, allowSample = DEFAULT_ALLOW_SAMPLE } = options;
  const { maxLinesPerSecond = DEFAULT_MAX_LINES_PER_SECOND } = options;
  const isWithinRate = createLineRate(clock, maxLinesPerSecond);
  const dropped = new Map<DropCause, number>();
  let allowed = 0;

  function isSampled(): boolean {
    allowed += 1;
    return allowSample > 0 && allowed % allowSample === 0;
  }

  function drop(cause: DropCause): void {
    dropped.set(cause, (dropped.get(cause) ?? 0) + 1);
    options.onDropped(cause, 1);
  }

  /** Says in the log itself what is missing in it, once there is room. */
  function tellDropped(): void {
    if (dropped.size === 0 || sink.refusal() !== undefined) return;
    tell('dropped', { lines: Object.fromEntries(dropped) });
    dropped.clear();
  }

  function tell(kind: RecordKind, fields: Readonly<Record<string, unknown>>): void {
    put(recordOf(kind, clock.now(), fields));
  }

  function put(record: string): void {
    sink.push(chain === undefined ? record : chain.seal(record));
  }

  if (chain !== undefined) {
    tell('start', { alg: chain.algorithm, ...chain.unchained });
    sink.onRotated(() => tell('rotated', { alg: chain.algorithm }));
  }
  return {
    wants: (decision) => {
      if (decision === 'allow' && !isSampled()) return false;
      const cause = isWithinRate() ? sink.refusal() : 'rate';
      if (cause !== undefined) drop(cause);
      return cause === undefined;
    },
    write: (entry) => {
      tellDropped();
      const cause = sink.refusal();
      if (cause === undefined) put(decisionRecord(entry, clock.now()));
      else drop(cause);
    },
    close: async () => {
      tellDropped();
      const lost = await sink.close();
      if (lost.lines > 0) options.onDropped(lost.cause, lost.lines);
    },
  };
}
