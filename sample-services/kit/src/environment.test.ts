import { describe, expect, test } from '@jest/globals';

import { readEnvironment } from './environment.ts';

describe('readEnvironment', () => {
  test('reads what `paymesh up` sets', () => {
    const variables = {
      HOST: '127.0.0.1',
      PORT: '22010',
      OUTBOUND_URL: 'http://127.0.0.1:22012',
      INSTANCE: 'payments-1',
      LOG_LEVEL: 'warn',
    };
    expect(readEnvironment(variables, 'payments')).toEqual({
      listen: { host: '127.0.0.1', port: 22_010 },
      outboundUrl: 'http://127.0.0.1:22012',
      instance: 'payments-1',
      logLevel: 'warn',
    });
  });

  test('has a default for everything', () => {
    expect(readEnvironment({}, 'risk')).toMatchObject({ listen: { port: 0 }, instance: 'risk' });
  });

  test.each([
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535; got "70000"'],
    [{ PORT: 'x' }, 'PORT must be'],
    [{ PORT: '' }, 'PORT must be'],
    [{ OUTBOUND_URL: 'nonsense' }, 'OUTBOUND_URL must be a URL'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of trace'],
  ])('refuses %j', (variables, message) => {
    expect(() => readEnvironment(variables, 'x')).toThrow(message);
  });
});
