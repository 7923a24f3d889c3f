import { createCalendar, epochWindow, type Meter, periodMs, type Window } from '../algorithm/index.ts';
import type { Allowance } from '../match/index.ts';

type Limited = Exclude<Allowance, { kind: 'unlimited' }>;

/** Gives the meter of a limit at a moment; remembers calendars, which are slow to ask. */
export type MeterAt = (allowance: Limited, nowMs: number) => Meter;

/** One for each limiter: time zones come from the configuration, so there are only so many. */
export function createMeterAt(): MeterAt {
  const calendars = new Map<string, ReturnType<typeof createCalendar>>();
  const calendarOf = (timeZone: string): ReturnType<typeof createCalendar> => {
    const known = calendars.get(timeZone);
    if (known !== undefined) return known;
    const made = createCalendar(timeZone);
    calendars.set(timeZone, made);
    return made;
  };
  return (allowance, nowMs) => {
    if (allowance.kind === 'concurrency') return { kind: 'concurrency', holdMs: allowance.holdMs };
    const { algorithm, period } = allowance;
    switch (algorithm.kind) {
      case 'fixed':
        return windowMeter(epochWindow(period, nowMs));
      case 'calendar':
        return windowMeter(calendarOf(algorithm.timeZone)(algorithm.unit, nowMs));
      case 'sliding':
        return { kind: 'sliding', lengthMs: periodMs(period) };
      case 'bucket':
        return { kind: 'bucket', periodMs: periodMs(period), burst: algorithm.burst };
    }
  };
}

function windowMeter({ startMs, endMs }: Window): Meter {
  return { kind: 'window', startMs, endMs };
}
