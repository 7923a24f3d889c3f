import { describe, expect, test } from '@jest/globals';

import { classifyAnswer, classifyError } from './outcome.ts';

describe('classifyAnswer', () => {
  test.each([
    [200, '{"a":1}', { kind: 'answer', status: 200, body: { a: 1 } }],
    [404, '{"code":"NO_SUCH_CHARGE"}', { kind: 'answer', status: 404, body: { code: 'NO_SUCH_CHARGE' } }],
    [200, 'no json', { kind: 'answer', status: 200, body: undefined }],
    [500, '{}', { kind: 'unclear', reason: 'answered 500' }],
    [503, 'upstream connect error', { kind: 'unclear', reason: 'answered 503' }],
    [504, '{"code":"upstream_timeout"}', { kind: 'unclear', reason: 'answered 504' }],
    [503, '{"code":"upstream_unreachable"}', { kind: 'not-sent', reason: 'upstream_unreachable' }],
    [404, '{"code":"no_route"}', { kind: 'not-sent', reason: 'no_route' }],
    [504, '{"code":"outcome_unknown"}', { kind: 'unclear', reason: 'answered 504' }],
    [429, '{"code":"rate_limited"}', { kind: 'not-sent', reason: 'rate_limited' }],
    [502, '{"code":["upstream_unreachable"]}', { kind: 'unclear', reason: 'answered 502' }],
  ])('%i %s', (status, text, outcome) => {
    expect(classifyAnswer(status, text)).toEqual(outcome);
  });
});

describe('classifyError', () => {
  test.each([
    ['ECONNREFUSED', 'not-sent'],
    ['UND_ERR_CONNECT_TIMEOUT', 'not-sent'],
    ['ECONNRESET', 'unclear'],
    ['UND_ERR_SOCKET', 'unclear'],
    ['UND_ERR_HEADERS_TIMEOUT', 'unclear'],
  ])('%s is %s', (code, kind) => {
    expect(classifyError(Object.assign(new Error('x'), { code }))).toEqual({ kind, reason: code });
  });

  test.each([[undefined], ['ECONNREFUSED'], [new Error('x')]])(
    '%s, which has no code, is unclear',
    (error) => {
      expect(classifyError(error)).toMatchObject({ kind: 'unclear' });
    },
  );
});
