import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '@paymesh/common/policy';
import { createFakeClock } from '@paymesh/common/testing';

import type { SecretFiles } from '../keys/index.ts';
import { accessDocument, accessRule, JWKS, jwtSpec } from '../testing/access.ts';
import { createRuleBook } from './rule-book.ts';

function book(files: Record<string, string> = {}) {
  const clock = createFakeClock();
  const openSecrets = (): SecretFiles => {
    const before = JSON.stringify(files);
    return {
      readVariable: () => undefined,
      listFolder: async () => [],
      readFile: async (path) => files[path] ?? Promise.reject(new Error('ENOENT')),
      hasChanged: async () => JSON.stringify(files) !== before,
    };
  };
  const rules = createRuleBook({ openSecrets, hasRedis: false, clock });
  const apply = (...documents: PolicyDocument[]) =>
    rules.apply({ documents, findings: [], hasErrors: false });
  return { rules, apply, clock, files };
}

const WITH_TOKEN = accessDocument('pay/a', { identity: { mtls: 'Optional', jwt: jwtSpec() } });

describe('access in the rule book', () => {
  test('a policy that was removed is applied for ten seconds more, as proxies may still name it', async () => {
    const { rules, apply, clock } = book();
    await apply(accessDocument('pay/a', {}), accessDocument('pay/b', {}));
    await apply(accessDocument('pay/b', {}));
    expect([...rules.access().keys()].toSorted()).toEqual(['pay/a', 'pay/b']);
    clock.advance(10_000);
    await rules.refresh();
    expect([...rules.access().keys()]).toEqual(['pay/b']);
  });

  test.each([
    [
      'an expression that does not compile',
      accessDocument('pay/a', { rules: [accessRule({ when: 'nobody' })] }),
    ],
    ['keys that cannot be read', WITH_TOKEN],
  ])('a set with %s is refused as a whole', async (_name, document) => {
    const { rules, apply } = book();
    await apply(accessDocument('pay/old', {}));
    expect(await apply(document)).toMatchObject({ isApplied: false });
    expect([...rules.access().keys()]).toEqual(['pay/old']);
  });

  test('keys that change are read again, and bad ones leave the last in force', async () => {
    const { rules, apply, files } = book({ 'idp.jwks': JWKS });
    await apply(WITH_TOKEN);
    expect(await rules.refresh()).toBeUndefined();
    files['idp.jwks'] = '{"keys":[]}';
    const before = rules.access();
    expect(await rules.refresh()).toMatchObject({ isApplied: false });
    expect(rules.access()).toBe(before);
    files['idp.jwks'] = `${JWKS} `;
    expect(await rules.refresh()).toMatchObject({ isApplied: true });
  });
});
