import { describe, expect, test } from '@jest/globals';
import { nodeSnapshot } from '../testing/resources.ts';
import { driveSotw, plain } from '../testing/sotw-client.ts';
import { brief, only } from '../testing/words.ts';

const limiter = (content: string) => nodeSnapshot('rate-limiter', [plain('policySet', 'policies', content)]);

describe('the policies of a rate limiter', () => {
  test('are sent when asked for, and when they change', () => {
    const driver = driveSotw(limiter('1'));
    const first = only(driver.request('policySet'));
    expect(driver.request('policySet', first)).toEqual([]);
    expect(driver.events.map(({ kind }) => kind)).toEqual(['sent', 'ack', 'synced']);
    expect(brief(driver.publish(limiter('2')))).toEqual(['policySet[policies=2]']);
  });

  test('are not sent to one that has them, from here or another replica', () => {
    const { version } = only(driveSotw(limiter('1')).request('policySet'));
    const driver = driveSotw(limiter('1'));
    expect(driver.request('policySet', { version })).toEqual([]);
    expect(driver.events.map(({ kind }) => kind)).toEqual(['synced']);
    expect(brief(driver.publish(limiter('2')))).toEqual(['policySet[policies=2]']);
  });

  test('that were refused are sent again when they are others, and the refusal is told', () => {
    const driver = driveSotw(limiter('1'));
    driver.request('policySet', only(driver.request('policySet')));
    const second = only(driver.publish(limiter('2')));
    expect(
      driver.request('policySet', { nonce: second.nonce, error: 'a.yaml:3:1 error PM1 spec: no' }),
    ).toEqual([]);
    expect(driver.events.at(-1)).toMatchObject({
      kind: 'nack',
      nack: { type: 'policySet', names: ['policies'], message: 'a.yaml:3:1 error PM1 spec: no' },
    });
    expect(driver.publish(limiter('2'))).toEqual([]);
    expect(brief(driver.publish(limiter('3')))).toEqual(['policySet[policies=3]']);
  });
});
