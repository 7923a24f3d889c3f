import { describe, expect, test } from '@jest/globals';

import { formatHostPort, parseHostPort } from './index.ts';

describe('parseHostPort', () => {
  test.each([
    ['127.0.0.1:9001', { host: '127.0.0.1', port: 9001 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    [':8080', { host: '127.0.0.1', port: 8080 }],
    ['db.internal:6379', { host: 'db.internal', port: 6379 }],
  ])('reads %s', (text, expected) => {
    expect(parseHostPort(text)).toEqual(expected);
  });

  test.each(['', '9001', 'a:b', 'h:70000', '::1:80', 'h:1:2'])(
    'refuses "%s" and says what it expects',
    (text) => {
      expect(() => parseHostPort(text)).toThrow(`expected HOST:PORT with a port from 0 to 65535`);
    },
  );

  test.each(['127.0.0.1:9001', '[::1]:80'])('formatHostPort gives %s back', (text) => {
    expect(formatHostPort(parseHostPort(text))).toBe(text);
  });
});
