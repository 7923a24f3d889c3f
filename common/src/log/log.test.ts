import { describe, expect, test } from '@jest/globals';

import { createLogger, type LogLevel } from './index.ts';

function loggerWithLines(level?: LogLevel) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const options = { service: 'ext-authz', destination };
  return { log: createLogger(level === undefined ? options : { ...options, level }), lines };
}

describe('createLogger', () => {
  test('writes one JSON object a line with level, time, service and data', () => {
    const { log, lines } = loggerWithLines();
    log.warn({ node: 'edge' }, 'two\nlines');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      service: 'ext-authz',
      node: 'edge',
      msg: 'two\nlines',
    });
  });

  test.each<[LogLevel | undefined, number]>([
    [undefined, 2],
    ['debug', 3],
    ['error', 1],
    ['silent', 0],
  ])('at level %s prints %d of debug, info and error', (level, expected) => {
    const { log, lines } = loggerWithLines(level);
    log.debug('a');
    log.info('b');
    log.error('c');
    expect(lines).toHaveLength(expected);
  });

  test('an error keeps its type, message and stack', () => {
    const { log, lines } = loggerWithLines();
    log.error({ err: new RangeError('too far') }, 'failed');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { type: 'RangeError', message: 'too far', stack: expect.stringContaining('too far') },
    });
  });

  test('a child adds its fields', () => {
    const { log, lines } = loggerWithLines();
    log.child({ stream: 3 }).info('open');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'ext-authz', stream: 3, msg: 'open' });
  });
});
