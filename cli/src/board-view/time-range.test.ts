import { describe, expect, test } from '@jest/globals';

import { timeRangeOf, timesOf } from './time-range.ts';

const NOW = Date.parse('2026-05-01T12:00:07.300Z');
const input = { from: 'now-1h', to: 'now', step: undefined, scrapeIntervalMs: 15_000, nowMs: NOW };

describe('a range', () => {
  test('lies on its steps, as in Grafana, so that a reload shows the same points', () => {
    expect(timeRangeOf({ ...input, step: '1m' })).toEqual({
      kind: 'range',
      startMs: Date.parse('2026-05-01T11:00:00Z'),
      endMs: Date.parse('2026-05-01T12:00:00Z'),
      stepMs: 60_000,
    });
  });

  test.each([
    ['now-1h', 15_000, 15_000],
    ['now-1h', 1_000, 10_000],
    ['now-5m', 1_000, 1_000],
    ['now-24h', 15_000, 300_000],
    ['now-30d', 15_000, 7_200_000],
    ['now-2y', 15_000, 133_200_000],
  ])('from %s, scraped every %i ms, has a step of %i ms', (from, scrapeIntervalMs, stepMs) => {
    const range = timeRangeOf({ ...input, from, scrapeIntervalMs });
    expect(range).toMatchObject({ kind: 'range', stepMs });
    if (range.kind === 'range') expect(timesOf(range).length).toBeLessThanOrEqual(482);
  });

  test.each([
    ['now-90m', '2026-05-01T10:30:00Z'],
    ['now-1h30m', '2026-05-01T10:30:00Z'],
    ['2026-05-01T09:00:00Z', '2026-05-01T09:00:00Z'],
    ['2026-05-01T11:00:00+02:00', '2026-05-01T09:00:00Z'],
    ['1777626000', '2026-05-01T09:00:00Z'],
  ])('begins at %s', (from, start) => {
    expect(timeRangeOf({ ...input, from, step: '1m' })).toMatchObject({ startMs: Date.parse(start) });
  });

  test.each([
    [{ from: '1hour' }, '--from: expected now, now-1h, an RFC 3339 time'],
    [{ from: 'now-1hour' }, 'got "now-1hour"'],
    [{ from: 'now-9999y' }, '--from'],
    [{ to: 'tomorrow' }, '--to: expected'],
    [{ from: 'now', to: 'now-1h' }, '--from (now) must be before --to (now-1h)'],
    [{ step: '15' }, '--step: expected a duration of a second or more, such as 15s or 1m; got "15"'],
    [{ step: '10ms' }, '--step'],
    [{ step: '1s' }, '3601 points are too many for a line (at most 2000): use --step 2s or more'],
  ])('%j is refused with what to do', (change, message) => {
    const range = timeRangeOf({ ...input, ...change });
    expect(range).toMatchObject({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});
