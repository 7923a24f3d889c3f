import { ratePeriodMs } from '../../names/rate-period.ts';
import {
  duration,
  integer,
  object,
  type Place,
  type ReadContext,
  type Reader,
  report,
  reportKey,
  required,
} from '../../schema/index.ts';
import type { CalendarUnit, LimitMeasure, Rate } from '../../types.ts';

/** Largest number of a limit; Envoy's are uint32. */
export const MAX_REQUESTS = 4_294_967_295;

/** A bucket counts hits times milliseconds, and all its numbers must stay whole (below 2^53, twice that can be owed). */
const MAX_BUCKET = 2 ** 51;

export const ALGORITHMS = ['Fixed', 'Sliding', 'TokenBucket', 'Calendar'] as const;

/** The keys that say how a limit measures, as typed. */
export interface TypedMeasure {
  readonly rate?: Rate;
  readonly concurrency?: Concurrency;
  readonly algorithm?: (typeof ALGORITHMS)[number];
  readonly burst?: number;
  readonly timeZone?: string;
}

export interface Concurrency {
  readonly max: number;
  readonly holdMs: number;
}

export const concurrency: Reader<Concurrency> = object<Concurrency>({
  max: required('max', integer({ min: 0, max: MAX_REQUESTS, unit: 'requests' })),
  holdMs: required('hold', duration({ min: '1s', max: '1d' }), {
    why: 'after which time a request counts as over although nobody said so; longer than any may take',
  }),
});

/** Puts the typed keys together; reports those that do not go together. */
export function measureOf(typed: TypedMeasure, place: Place, context: ReadContext): LimitMeasure | undefined {
  const { rate, concurrency: held } = typed;
  if (rate !== undefined && held === undefined) return rateMeasure(typed, rate, place, context);
  if (held !== undefined && rate === undefined) {
    const stray = (['algorithm', 'burst', 'timeZone'] as const).find((key) => typed[key] !== undefined);
    if (stray !== undefined) return misplaced(stray, 'only beside a rate', place, context);
    return { algorithm: 'Concurrency', ...held };
  }
  return report(context, 'PM1204', place.node, {
    path: place.path,
    expected: 'exactly one of the keys rate, concurrency',
    got: rate === undefined ? 'none of them' : 'both',
  });
}

function rateMeasure(
  { algorithm = 'Fixed', burst, timeZone }: TypedMeasure,
  rate: Rate,
  place: Place,
  context: ReadContext,
): LimitMeasure | undefined {
  if (burst !== undefined && algorithm !== 'TokenBucket')
    return misplaced('burst', 'only with algorithm: TokenBucket', place, context);
  if (timeZone !== undefined && algorithm !== 'Calendar')
    return misplaced('timeZone', 'only with algorithm: Calendar', place, context);
  switch (algorithm) {
    case 'Fixed':
    case 'Sliding':
      return { algorithm, rate };
    case 'TokenBucket':
      return bucket(rate, burst ?? rate.requests, place, context);
    case 'Calendar':
      return calendar(rate, timeZone, place, context);
  }
}

function bucket(rate: Rate, burst: number, place: Place, context: ReadContext): LimitMeasure | undefined {
  if (burst * ratePeriodMs(rate) <= MAX_BUCKET) return { algorithm: 'TokenBucket', rate, burst };
  const most = Math.floor(MAX_BUCKET / ratePeriodMs(rate));
  return reportKey(context, 'PM2102', place, {
    key: 'burst',
    expected: `a burst of at most ${most} with a rate of so long a time`,
    got: String(burst),
    hint: 'algorithm: Sliding has no such bound',
  });
}

function calendar(
  rate: Rate,
  timeZone: string | undefined,
  place: Place,
  context: ReadContext,
): LimitMeasure | undefined {
  if (timeZone === undefined) {
    return reportKey(context, 'PM1203', place, {
      key: 'timeZone',
      expected: 'the key "timeZone": whose days and months, such as Asia/Shanghai',
      got: 'no such key',
    });
  }
  if (isCalendarRate(rate)) return { algorithm: 'Calendar', rate, timeZone };
  return reportKey(context, 'PM2106', place, {
    key: 'rate',
    expected: 'a rate of one day, week, month or year: a calendar knows no others',
    got: `one of ${rate.every} times a ${rate.unit}`,
  });
}

function isCalendarRate(rate: Rate): rate is Rate & { readonly unit: CalendarUnit } {
  return rate.every === 1 && ['day', 'week', 'month', 'year'].includes(rate.unit);
}

function misplaced(key: string, where: string, place: Place, context: ReadContext): undefined {
  const got = `"${key}"`;
  return reportKey(context, 'PM1202', place, { key, expected: `"${key}" ${where}`, got });
}
