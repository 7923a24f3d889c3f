import { describe, expect, test } from '@jest/globals';
import { POLICY, type RawCheck, ruleSet, signedCheck, withHeader } from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

const KEY = 'cost.pay/limits/day';
const costs = JSON.stringify([{ limit: 'pay/limits/day', body: ['amount'], max: 5_000 }]);

const checkOf = (body: string, extensions: Record<string, string> = { policy: POLICY, costs }): RawCheck => ({
  ...signedCheck({ body }),
  contextExtensions: extensions,
});

const check = (raw: RawCheck) => start(ruleSet()).check(raw);

describe('a signed route with a limit on amounts', () => {
  test('tells the proxy the amount', async () => {
    const response = await check(checkOf('{"amount":1234}'));
    expect(response.status?.code).toBe(0);
    expect(response.dynamicMetadata).toMatchObject({
      decision: 'allow',
      key_id: 'merchant-a-2026',
      [KEY]: '1234',
    });
  });

  test('two amounts of one key get two answers', async () => {
    const service = start(ruleSet());
    const told = async (body: string) => (await service.check(checkOf(body))).dynamicMetadata?.[KEY];
    expect([await told('{"amount":1}'), await told('{"amount":2}')]).toEqual(['1', '2']);
  });

  test.each(['{}', '{"amount":-1}', '{"amount":5001}', 'x'])('refuses %s with 400', async (body) => {
    const response = await check(checkOf(body));
    expect(outcome(response)).toMatchObject({
      http: 400,
      reason: 'bad_amount',
      body: { code: 'bad_amount' },
    });
    expect(response.status?.code).not.toBe(0);
    expect(response.dynamicMetadata).not.toHaveProperty([KEY]);
  });

  test('a forged signature is told before the amount', async () => {
    const forged = withHeader(checkOf('{}'), 'x-signature', 'AAAA');
    expect(outcome(await check(forged))).toMatchObject({ http: 401 });
  });

  test('words that no control plane writes deny', async () => {
    const response = await check(checkOf('{"amount":1}', { policy: POLICY, costs: '[]' }));
    expect(outcome(response)).toMatchObject({ http: 503, reason: 'malformed_check' });
  });
});

describe('a route with nothing but a limit on amounts', () => {
  test('asks nobody who calls, and changes no header', async () => {
    const response = await check(checkOf('{"amount":7}', { costs }));
    expect(response.status?.code).toBe(0);
    expect(response.httpResponse.value).toMatchObject({ headers: [], headersToRemove: [] });
    expect(response.dynamicMetadata).toMatchObject({ decision: 'allow', principal: '', [KEY]: '7' });
  });

  test('refuses what has no amount', async () => {
    expect(outcome(await check(checkOf('{}', { costs })))).toMatchObject({ http: 400, reason: 'bad_amount' });
  });

  test('beside an AccessPolicy that is not there it is denied', async () => {
    const response = await check(checkOf('{"amount":7}', { costs, access: 'pay/nobody' }));
    expect(outcome(response)).toMatchObject({ http: 503, reason: 'unknown_policy' });
  });

  test('on trial its other words have keys of their own', async () => {
    const response = await check(checkOf('{"amount":7}', { costs, trial: 'true' }));
    expect(response.dynamicMetadata).toMatchObject({ trial_decision: 'allow', [KEY]: '7' });
    expect(response.dynamicMetadata).not.toHaveProperty('decision');
  });
});
