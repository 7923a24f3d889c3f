import { describe, expect, test } from '@jest/globals';

import { isTimeZone } from './is-time-zone.ts';

describe('isTimeZone', () => {
  test.each(['UTC', 'Asia/Shanghai', 'America/Sao_Paulo'])('knows %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each(['', 'Moon/Base', 'Asia/Shanghai ', '../etc/passwd', '+08:00'])('does not know %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
