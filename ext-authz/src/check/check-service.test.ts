import { describe, expect, test } from '@jest/globals';

import type { Decision } from '../decision/index.ts';
import { signedCheck, toCheckRequest } from '../testing/fixtures.ts';
import { outcome } from '../testing/start.ts';
import { checkService, createCheck } from './index.ts';

const ALLOW: Decision = { kind: 'allow', policyId: 'pay/p', proof: { principal: 'a', keyId: 'k' } };
const nothing = () => undefined;

describe('createCheck', () => {
  test.each([
    ['a decision that rejects', { decide: () => Promise.reject(new Error('broken')), onDecision: nothing }],
    ['an audit that throws', { decide: async () => ALLOW, onDecision: throwing }],
  ])('%s denies', async (_name, broken) => {
    const errors: unknown[] = [];
    const check = createCheck({ ...broken, onError: (error) => errors.push(error) });
    expect(outcome(await check(toCheckRequest(signedCheck())))).toMatchObject({ grpc: 7, http: 503 });
    expect(errors).toHaveLength(1);
  });

  test('an error report that throws denies too', async () => {
    const check = createCheck({ decide: throwing, onDecision: nothing, onError: throwing });
    const { implementation } = checkService(check);
    const answer = await new Promise<Parameters<typeof outcome>[0]>((resolve) => {
      void implementation.check({ request: toCheckRequest(signedCheck()) }, (_error, response) =>
        resolve(response),
      );
    });
    expect(outcome(answer)).toMatchObject({ grpc: 7, http: 503, reason: 'internal_error' });
  });
});

function throwing(): never {
  throw new Error('broken');
}
