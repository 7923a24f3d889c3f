import { describe, expect, test } from '@jest/globals';
import type { CalendarUnit } from '@paymesh/common/policy';
import * as fc from 'fast-check';

import { createCalendar } from './calendar.ts';
import { SCHEDULES } from './testing/schedule.ts';

const HOUR_MS = 3_600_000;
const UNITS: readonly CalendarUnit[] = ['day', 'week', 'month', 'year'];
/** With no change of clocks, changes at midnight, of half an hour, with a day that was skipped, and set back over midnight. */
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'America/Havana',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
  'Africa/Casablanca',
];

/** The window that holds a moment, as texts of UTC. */
function windowOf(timeZone: string, unit: CalendarUnit, at: string): readonly string[] {
  const { startMs, endMs } = createCalendar(timeZone)(unit, Date.parse(at));
  return [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('createCalendar', () => {
  test.each<[string, CalendarUnit, string, string, string]>([
    ['UTC', 'day', '2026-01-01T00:00Z', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['UTC', 'day', '2026-01-01T23:59:59.999Z', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['Asia/Shanghai', 'day', '2026-01-01T16:00Z', '2026-01-01T16:00', '2026-01-02T16:00'],
    ['Asia/Kathmandu', 'day', '2026-01-01T12:00Z', '2025-12-31T18:15', '2026-01-01T18:15'],
    // Weeks from Monday: 21 November 2026 is a Saturday.
    ['UTC', 'week', '2026-11-21T12:00Z', '2026-11-16T00:00', '2026-11-23T00:00'],
    ['UTC', 'week', '2026-11-16T00:00Z', '2026-11-16T00:00', '2026-11-23T00:00'],
    ['Asia/Shanghai', 'week', '2026-11-22T15:59Z', '2026-11-15T16:00', '2026-11-22T16:00'],
    // Months and years, leap or not.
    ['UTC', 'month', '2024-02-29T12:00Z', '2024-02-01T00:00', '2024-03-01T00:00'],
    ['UTC', 'month', '2026-02-28T12:00Z', '2026-02-01T00:00', '2026-03-01T00:00'],
    ['UTC', 'month', '2026-12-31T12:00Z', '2026-12-01T00:00', '2027-01-01T00:00'],
    ['Asia/Shanghai', 'month', '2026-01-31T16:00Z', '2026-01-31T16:00', '2026-02-28T16:00'],
    ['UTC', 'year', '2024-07-01T00:00Z', '2024-01-01T00:00', '2025-01-01T00:00'],
    // 23 and 25 hours.
    ['Europe/Berlin', 'day', '2026-03-29T12:00Z', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['Europe/Berlin', 'day', '2026-10-25T12:00Z', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['Europe/Berlin', 'month', '2026-03-15T12:00Z', '2026-02-28T23:00', '2026-03-31T22:00'],
    // Clocks that sprang over midnight, and that were set back at it.
    ['America/Sao_Paulo', 'day', '2018-11-04T12:00Z', '2018-11-04T03:00', '2018-11-05T02:00'],
    ['America/Sao_Paulo', 'day', '2018-02-17T12:00Z', '2018-02-17T02:00', '2018-02-18T03:00'],
    // By half an hour.
    ['Australia/Lord_Howe', 'day', '2026-04-04T20:00Z', '2026-04-04T13:00', '2026-04-05T13:30'],
    // 30 December 2011 was left out.
    ['Pacific/Apia', 'day', '2011-12-30T09:59Z', '2011-12-29T10:00', '2011-12-30T10:00'],
    ['Pacific/Apia', 'day', '2011-12-30T10:00Z', '2011-12-30T10:00', '2011-12-31T10:00'],
    ['Pacific/Apia', 'month', '2011-12-15T00:00Z', '2011-12-01T10:00', '2011-12-31T10:00'],
    // Set back from 00:01 to 23:01 of the day before: the new day has begun at the first midnight.
    ['America/St_Johns', 'day', '2010-11-07T02:30:30Z', '2010-11-07T02:30', '2010-11-08T03:30'],
    ['America/St_Johns', 'day', '2010-11-07T02:45Z', '2010-11-07T02:30', '2010-11-08T03:30'],
  ])('%s, %s at %s: from %s to %s', (zone, unit, at, start, end) => {
    expect(windowOf(zone, unit, at)).toEqual([start, end]);
  });

  test('windows hold their moment, and follow each other without gap or overlap', () => {
    const calendars = new Map(ZONES.map((zone) => [zone, createCalendar(zone)]));
    const moment = fc.integer({ min: Date.UTC(1980, 0), max: Date.UTC(2060, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...UNITS), moment, (zone, unit, nowMs) => {
        const windowAt = (ms: number) => calendars.get(zone)?.(unit, ms) ?? { startMs: 0, endMs: 0 };
        const { startMs, endMs } = windowAt(nowMs);
        expect(nowMs).toBeGreaterThanOrEqual(startMs);
        expect(nowMs).toBeLessThan(endMs);
        expect(windowAt(endMs).startMs).toBe(endMs);
        expect(windowAt(startMs - 1).endMs).toBe(startMs);
        expect(windowAt(startMs)).toEqual({ startMs, endMs });
        expect(windowAt(endMs - 1)).toEqual({ startMs, endMs });
      }),
      { numRuns: SCHEDULES / 5 },
    );
  });

  test.each(ZONES)('%s: every hour of two years lies in one day', (zone) => {
    const calendar = createCalendar(zone);
    let endMs: number | undefined;
    for (let nowMs = Date.UTC(2010, 6); nowMs < Date.UTC(2012, 6); nowMs += HOUR_MS) {
      const window = calendar('day', nowMs);
      if (window.endMs === endMs) continue;
      if (endMs !== undefined) expect(window.startMs).toBe(endMs);
      ({ endMs } = window);
    }
  });
});
