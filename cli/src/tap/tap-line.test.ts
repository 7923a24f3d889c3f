import { describe, expect, test } from '@jest/globals';

import { tapLine } from './tap-line.ts';

const DENIED = {
  time: '2026-01-01T10:20:30.400Z',
  service: 'ext-authz',
  msg: 'decision',
  decision: 'deny',
  policy: 'pay/merchants',
  reason: 'bad_signature',
  status: 401,
  method: 'POST',
  path: '/v1/payments',
  target: 'pay/payments',
};

describe('tapLine', () => {
  test('of a check', () => {
    expect(tapLine(JSON.stringify(DENIED), false)).toBe(
      '10:20:30.400  deny         POST /v1/payments  pay/payments  policy=pay/merchants  bad_signature  401',
    );
  });

  test('of a limit', () => {
    const { time } = DENIED;
    const line = { time, service: 'rate-limiter', decision: 'over', limit: 'pay/limits/burst', used: 1 };
    expect(tapLine(JSON.stringify({ ...line, entries: { principal: 'm' } }), false)).toBe(
      '10:20:30.400  over         pay/limits/burst  used=1  principal=m',
    );
  });

  test('is coloured where that is wanted', () => {
    expect(tapLine(JSON.stringify(DENIED), true)).toContain('\u001b[31mdeny');
  });

  test('says what is left out', () => {
    expect(tapLine('{"msg":"dropped","lines":12}', false)).toBe('... 12 lines left out: too many at once');
  });

  test.each(['\u001b[2Jboo', '{"path":"\u001b[2J"', 'null', '[]'])('takes %j', (line) => {
    expect(tapLine(line, false)).not.toContain('\u001b');
  });

  test('no text of a client steers the terminal', () => {
    const path = '/\u001b[2J\r\n\u009b';
    expect(tapLine(JSON.stringify({ ...DENIED, path }), false)).toContain('POST /?[2J???');
  });
});
