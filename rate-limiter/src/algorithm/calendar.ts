import type { CalendarUnit } from '@paymesh/common/policy';

import { epochWindow, type Window } from './period.ts';

const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday; ISO 8601 weeks begin on Monday, three days before. */
const THURSDAY = 3;

/** A moment of a wall clock, written as if it were UTC. */
type WallMs = number;
type WallClock = (nowMs: number) => WallMs;

/**
 * Windows of the calendar of a named time zone: days from midnight to midnight (23 to 25 hours where clocks
 * change), weeks from Monday, months and years as they come. Remembers the window that it gave last.
 */
export function createCalendar(timeZone: string): (unit: CalendarUnit, nowMs: number) => Window {
  const wallAt = wallClock(timeZone);
  const last = new Map<CalendarUnit, Window>();
  return (unit, nowMs) => {
    const known = last.get(unit);
    if (known !== undefined && nowMs >= known.startMs && nowMs < known.endMs) return known;
    const window = windowAt(wallAt, unit, nowMs);
    last.set(unit, window);
    return window;
  };
}

function wallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (nowMs) => {
    const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
}

/**
 * A window begins when a wall clock first shows its start. Where clocks were set back over midnight they show the
 * day before once more, and the new one has begun all the same.
 */
function windowAt(wallAt: WallClock, unit: CalendarUnit, nowMs: number): Window {
  const wall = wallAt(nowMs);
  const startMs = momentOf(wallAt, startOf(unit, wall, 0));
  const endMs = momentOf(wallAt, startOf(unit, wall, 1));
  if (nowMs < endMs) return { startMs, endMs };
  return { startMs: endMs, endMs: momentOf(wallAt, startOf(unit, wall, 2)) };
}

/** Start of the unit that holds a wall clock, `ahead` units later. */
function startOf(unit: CalendarUnit, wall: WallMs, ahead: number): WallMs {
  const date = new Date(wall);
  const day = epochWindow({ unit: 'day', every: 1 }, wall).startMs;
  switch (unit) {
    case 'day':
      return day + ahead * DAY_MS;
    case 'week':
      return day - ((day / DAY_MS + THURSDAY) % 7) * DAY_MS + ahead * 7 * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
    case 'year':
      return Date.UTC(date.getUTCFullYear() + ahead, 0, 1);
  }
}

/**
 * The first moment at which the wall clock shows this time or, where clocks spring over it, a later one. Offsets
 * are within a day, and differ only where clocks change; so two guesses from different sides find it.
 */
function momentOf(wallAt: WallClock, wall: WallMs): number {
  const before = wall - (wallAt(wall - DAY_MS) - (wall - DAY_MS));
  const after = wall - (wallAt(wall + DAY_MS) - (wall + DAY_MS));
  const candidates = [Math.min(before, after), Math.max(before, after)];
  return candidates.find((moment) => wallAt(moment) >= wall) ?? Math.max(before, after);
}
