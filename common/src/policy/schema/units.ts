import { MAX_RATE_PERIOD_MS, ratePeriodMs } from '../names/rate-period.ts';
import type { Rate, RateUnit } from '../types.ts';
import type { Reader } from './reader.ts';
import { format } from './scalars.ts';

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const;
const RATE_UNITS: Readonly<Record<string, RateUnit>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
  year: 'year',
};
/** Envoy's requests_per_unit is a uint32. */
const MAX_REQUESTS = 4_294_967_295;
/** RFC 3339, section 5.6, with upper-case letters; seconds may have a fraction. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A duration in milliseconds between two others, written as the reader of the message writes them. */
export function duration({ min, max }: { readonly min: string; readonly max: string }): Reader<number> {
  const least = parseDuration(min) ?? 0;
  const most = parseDuration(max) ?? 0;
  return format({
    code: 'PM2103',
    expected: `a duration from ${min} to ${max}, such as 250ms, 5s or 2m`,
    parse: (typed) => within(parseDuration(typed), least, most),
    hint: (typed) => (/^\d+$/.test(typed) ? `give it a unit: ${typed}ms or ${typed}s` : undefined),
  });
}

/** A size in bytes between two others. */
export function size({ min, max }: { readonly min: string; readonly max: string }): Reader<number> {
  const least = parseSize(min) ?? 0;
  const most = parseSize(max) ?? 0;
  return format({
    code: 'PM2105',
    expected: `a size from ${min} to ${max}, such as 512B, 64KiB or 1MiB`,
    parse: (typed) => within(parseSize(typed), least, most),
    hint: (typed) => (/^\d+$/.test(typed) ? `give it a unit: ${typed}B` : undefined),
  });
}

/** A number of requests in so many units of time. */
export const rate: Reader<Rate> = format({
  code: 'PM2106',
  expected: `a rate such as 100/s, 20/m, 100/10m, 50000/d or 10/week, of at most ${MAX_REQUESTS} requests in at most a year`,
  parse: parseRate,
  hint: (typed) => (/^\d+$/.test(typed) ? `give it a unit: ${typed}/s or ${typed}/m` : undefined),
});

/** A time in Unix milliseconds. */
export const time: Reader<number> = format({
  code: 'PM2107',
  expected: 'a time as in RFC 3339, such as 2026-01-31T00:00:00Z',
  parse: parseTime,
});

/** `250ms` to milliseconds; undefined for anything that is not a duration. */
export function parseDuration(typed: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(typed);
  return match === null ? undefined : Number(match[1]) * DURATION_MS[match[2] as keyof typeof DURATION_MS];
}

/** `64KiB` to bytes; undefined for anything that is not a size. */
export function parseSize(typed: string): number | undefined {
  const match = /^(\d{1,9})(B|KiB|MiB)$/.exec(typed);
  return match === null ? undefined : Number(match[1]) * SIZE_BYTES[match[2] as keyof typeof SIZE_BYTES];
}

/** `200/s` or `100/10m` to a rate; undefined for anything that is not one. */
export function parseRate(typed: string): Rate | undefined {
  const [, count, every = '1', word = ''] = /^(\d{1,10})\/([1-9]\d{0,7})?([a-z]+)$/.exec(typed) ?? [];
  const requests = within(count === undefined ? undefined : Number(count), 0, MAX_REQUESTS);
  const unit = Object.hasOwn(RATE_UNITS, word) ? RATE_UNITS[word] : undefined;
  if (requests === undefined || unit === undefined) return undefined;
  const typedRate = { requests, unit, every: Number(every) };
  return ratePeriodMs(typedRate) > MAX_RATE_PERIOD_MS ? undefined : typedRate;
}

/** RFC 3339 to Unix milliseconds; undefined also for days that do not exist. */
export function parseTime(typed: string): number | undefined {
  if (!TIME.test(typed)) return undefined;
  const ms = Date.parse(typed);
  if (Number.isNaN(ms)) return undefined;
  // Date.parse turns 30 February into 1 March.
  const day = Date.parse(`${typed.slice(0, 10)}T00:00:00Z`);
  return new Date(day).toISOString().slice(0, 10) === typed.slice(0, 10) ? ms : undefined;
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
