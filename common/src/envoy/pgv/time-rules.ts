import type { Duration, Timestamp } from '@bufbuild/protobuf/wkt';

import {
  type DurationRules,
  DurationRulesSchema,
  type TimestampRules,
  TimestampRulesSchema,
} from '../gen/validate/validate_pb.ts';
import { type Bounds, boundChecks } from './bounds.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MILLISECOND = 1_000_000n;
/** About ten thousand years, the bound of google.protobuf.Duration. */
const MAX_DURATION_SECONDS = 315_576_000_000n;
const MAX_NANOS = 999_999_999;

/** The check of one google.protobuf.Duration. */
export function durationCheck(message: DurationRules): Check<Duration> {
  const rules = writtenRules(DurationRulesSchema, message);
  const bounds = boundChecks('duration', nanoBounds(rules), printSeconds);
  const constant = rules.const === undefined ? undefined : nanosOf(rules.const);
  const allowed = rules.in?.map(nanosOf);
  const refused = rules.notIn?.map(nanosOf);
  return (value, run) => {
    if (!isDuration(value)) {
      fail(run, 'duration', 'must be a valid duration: nanos below one second, of the sign of seconds');
      return;
    }
    const nanos = nanosOf(value);
    for (const bound of bounds) bound(nanos, run);
    if (constant !== undefined && nanos !== constant) {
      fail(run, 'duration.const', `must be ${printSeconds(constant)}; it is ${printSeconds(nanos)}`);
    }
    if (allowed !== undefined && !allowed.includes(nanos)) {
      fail(run, 'duration.in', `must be one of ${allowed.map(printSeconds).join(', ')}`);
    }
    if (refused?.includes(nanos)) fail(run, 'duration.not_in', `must not be ${printSeconds(nanos)}`);
  };
}

/** The check of one google.protobuf.Timestamp. */
export function timestampCheck(message: TimestampRules): Check<Timestamp> {
  const rules = writtenRules(TimestampRulesSchema, message);
  const bounds = boundChecks('timestamp', nanoBounds(rules), printSeconds);
  const constant = rules.const === undefined ? undefined : nanosOf(rules.const);
  const within = rules.within === undefined ? undefined : nanosOf(rules.within);
  return (value, run) => {
    const nanos = nanosOf(value);
    for (const bound of bounds) bound(nanos, run);
    if (constant !== undefined && nanos !== constant) {
      fail(run, 'timestamp.const', `must be ${printSeconds(constant)}; it is ${printSeconds(nanos)}`);
    }
    const ahead = nanos - BigInt(Math.floor(run.nowMs)) * NANOS_PER_MILLISECOND;
    if (rules.ltNow === true && ahead >= 0n) fail(run, 'timestamp.lt_now', 'must lie in the past');
    if (rules.gtNow === true && ahead <= 0n) fail(run, 'timestamp.gt_now', 'must lie in the future');
    if (within !== undefined && (ahead > within || -ahead > within)) {
      fail(run, 'timestamp.within', `must be within ${printSeconds(within)} of now`);
    }
  };
}

interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

function nanoBounds(
  rules: Readonly<{ [Name in keyof Bounds<bigint>]?: Instant | undefined }>,
): Bounds<bigint> {
  return Object.fromEntries(
    (['lt', 'lte', 'gt', 'gte'] as const).flatMap((name) => {
      const instant = rules[name];
      return instant === undefined ? [] : [[name, nanosOf(instant)]];
    }),
  );
}

function nanosOf({ seconds, nanos }: Instant): bigint {
  return seconds * NANOS_PER_SECOND + BigInt(nanos);
}

function isDuration({ seconds, nanos }: Duration): boolean {
  const hasOneSign = seconds === 0n || nanos === 0 || seconds > 0n === nanos > 0;
  const absolute = seconds < 0n ? -seconds : seconds;
  return absolute <= MAX_DURATION_SECONDS && Math.abs(nanos) <= MAX_NANOS && hasOneSign;
}

function printSeconds(nanos: bigint): string {
  return `${Number(nanos) / Number(NANOS_PER_SECOND)}s`;
}
