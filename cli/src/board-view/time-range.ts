import { formatDuration, parseDuration } from './duration.ts';

/** What is drawn: from `startMs` to `endMs`, both multiples of `stepMs` since the Unix epoch. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export type RangeOrMistake =
  | ({ readonly kind: 'range' } & TimeRange)
  | { readonly kind: 'mistake'; readonly message: string };

/** Points of a line when nobody says a step: a panel has about as many pixels. */
const AUTO_POINTS = 480;
/** Points of a line that a page can show and hold. */
const MAX_POINTS = 2_000;
const MIN_STEP_MS = 1_000;
/** Steps that people read easily; those of Grafana. */
const ROUND_STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800];
const MOMENT = 'now, now-1h, an RFC 3339 time such as 2026-05-01T12:00:00Z, or Unix seconds';

export interface RangeInput {
  readonly from: string;
  readonly to: string;
  /** Default: what fits the range. */
  readonly step: string | undefined;
  /** Nothing is drawn finer than it was scraped. */
  readonly scrapeIntervalMs: number;
  readonly nowMs: number;
}

/** Reads a range and a step, or says which of them is wrong and what was expected. */
export function timeRangeOf({ from, to, step, scrapeIntervalMs, nowMs }: RangeInput): RangeOrMistake {
  const startMs = momentOf(from, nowMs);
  if (startMs === undefined) return mistake(`--from: expected ${MOMENT}; got "${from}"`);
  const endMs = momentOf(to, nowMs);
  if (endMs === undefined) return mistake(`--to: expected ${MOMENT}; got "${to}"`);
  if (startMs >= endMs) return mistake(`--from (${from}) must be before --to (${to})`);
  const stepMs = step === undefined ? autoStep(endMs - startMs, scrapeIntervalMs) : parseDuration(step);
  if (stepMs === undefined || stepMs < MIN_STEP_MS)
    return mistake(`--step: expected a duration of a second or more, such as 15s or 1m; got "${step}"`);
  const points = Math.floor((endMs - startMs) / stepMs) + 1;
  if (points > MAX_POINTS) {
    const least = Math.ceil((endMs - startMs) / (MAX_POINTS - 1) / 1_000) * 1_000;
    return mistake(
      `${points} points are too many for a line (at most ${MAX_POINTS}): use --step ${formatDuration(least)} or more`,
    );
  }
  const onStep = (ms: number): number => Math.floor(ms / stepMs) * stepMs;
  return { kind: 'range', startMs: onStep(startMs), endMs: onStep(endMs), stepMs };
}

/** The times of a range, in Unix seconds. */
export function timesOf({ startMs, endMs, stepMs }: TimeRange): readonly number[] {
  return Array.from(
    { length: Math.floor((endMs - startMs) / stepMs) + 1 },
    (_, index) => (startMs + index * stepMs) / 1_000,
  );
}

function momentOf(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  if (text.startsWith('now-')) {
    const ago = parseDuration(text.slice('now-'.length));
    return ago === undefined || ago > nowMs ? undefined : nowMs - ago;
  }
  if (/^\d{9,10}(\.\d{1,3})?$/.test(text)) return Number(text) * 1_000;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = isTime ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** The next round step, never below the scrape interval. */
function autoStep(rangeMs: number, scrapeIntervalMs: number): number {
  const least = Math.max(rangeMs / AUTO_POINTS, scrapeIntervalMs, MIN_STEP_MS);
  const round = ROUND_STEPS_S.find((seconds) => seconds * 1_000 >= least);
  return round === undefined ? Math.ceil(least / 3_600_000) * 3_600_000 : round * 1_000;
}

function mistake(message: string): RangeOrMistake {
  return { kind: 'mistake', message };
}
