import { describe, expect, test } from '@jest/globals';

import { formatChinaTime, parseChinaTime } from './china-time.ts';

describe('parseChinaTime', () => {
  test('is eight hours ahead of UTC', () => {
    expect(parseChinaTime('2026-01-01 08:00:00', 'dashed')).toBe(Date.UTC(2026, 0, 1));
    expect(parseChinaTime('20260101080000', 'digits')).toBe(Date.UTC(2026, 0, 1));
  });

  test.each(['dashed', 'digits'] as const)('reads what was written: %s', (format) => {
    const nowMs = Date.UTC(2024, 1, 29, 23, 59, 59);
    expect(parseChinaTime(formatChinaTime(nowMs, format), format)).toBe(nowMs);
  });

  test.each([
    '',
    '2026-01-01T08:00:00',
    '2026-01-01 08:00',
    '2026-01-01 08:00:00 ',
    '2026-02-30 08:00:00',
    '2025-02-29 08:00:00',
    '2026-13-01 08:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 08:00:60',
    '20260101080000',
    '٢٠٢٦-01-01 08:00:00',
  ])('refuses %j', (text) => {
    expect(parseChinaTime(text, 'dashed')).toBeUndefined();
  });
});
