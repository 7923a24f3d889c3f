import { describe, expect, test } from '@jest/globals';

import type { Decision } from '../decision/index.ts';
import { checkBytes, signedCheck } from '../testing/fixtures.ts';
import { answerOf, outcome } from '../testing/start.ts';
import { createCheck } from './index.ts';

const ALLOW: Decision = { kind: 'allow', policyId: 'pay/p', proof: { principal: 'a', keyId: 'k' } };
const nothing = () => undefined;

describe('createCheck', () => {
  test.each([
    ['no message', [0xff]],
    ['a message that is cut short', [0x0a, 5]],
    ['nothing', []],
    ['no HTTP request', [0x0a, 0]],
  ])('%s is denied', async (_name, bytes) => {
    const check = createCheck({ decide: () => ALLOW, onDecision: nothing, onError: throwing });
    expect(outcome(answerOf(await check(Buffer.from(bytes))))).toMatchObject({
      grpc: 7,
      http: 503,
      reason: 'malformed_check',
    });
  });

  test.each([
    ['a decision that rejects', { decide: () => Promise.reject(new Error('broken')), onDecision: nothing }],
    ['an audit that throws', { decide: async () => ALLOW, onDecision: throwing }],
  ])('%s denies', async (_name, broken) => {
    const errors: unknown[] = [];
    const check = createCheck({ ...broken, onError: (error) => errors.push(error) });
    expect(outcome(answerOf(await check(checkBytes(signedCheck()))))).toMatchObject({ grpc: 7, http: 503 });
    expect(errors).toHaveLength(1);
  });

  test('an error report that throws denies too', async () => {
    const check = createCheck({ decide: throwing, onDecision: nothing, onError: throwing });
    const answer = answerOf(await check(checkBytes(signedCheck())));
    expect(outcome(answer)).toMatchObject({ grpc: 7, http: 503, reason: 'internal_error' });
  });
});

function throwing(): never {
  throw new Error('broken');
}
