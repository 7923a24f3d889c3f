import { describe, expect, test } from '@jest/globals';

import { accessDocument, accessRule, JWKS, jwtSpec } from '../testing/access.ts';
import { NOW_MS } from '../testing/fixtures.ts';
import { loadAccess } from './load-access.ts';

const load = (spec: Parameters<typeof accessDocument>[1], jwks: string | undefined = JWKS) =>
  loadAccess([accessDocument('pay/a', spec)], {
    readFile: async () => {
      if (jwks === undefined) throw new Error('ENOENT');
      return jwks;
    },
    keysBehind: () => {
      throw new Error('not here');
    },
  });

describe('loadAccess', () => {
  test('PM6004 for an expression that does not compile', async () => {
    const { findings } = await load({ rules: [accessRule(), accessRule({ name: 'b', when: 'who == 1' })] });
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'PM6004',
        severity: 'error',
        path: 'spec.rules[1].when',
        got: 'the unknown name who',
      }),
    ]);
  });

  test.each([
    ['no file', undefined as unknown as string, 'file idp.jwks cannot be read'],
    ['no JWKS', 'secret text', 'no JSON object with a list of keys'],
    ['no key for the algorithm', '{"keys":[]}', 'no key for RS256'],
  ])('PM6005 for %s', async (_name, jwks, got) => {
    const missing = loadAccess(
      [accessDocument('pay/a', { identity: { mtls: 'Optional', jwt: jwtSpec() } })],
      {
        readFile: () => (jwks === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(jwks)),
        keysBehind: () => {
          throw new Error('not here');
        },
      },
    );
    expect((await missing).findings).toEqual([expect.objectContaining({ code: 'PM6005', got })]);
  });

  test('a policy with either is no open door, should it ever be used', async () => {
    const { access } = await load(
      { identity: { mtls: 'Optional', jwt: jwtSpec() }, rules: [accessRule({ when: 'who == 1' })] },
      '',
    );
    const policy = access.get('pay/a');
    const caller = { principal: '', names: [], thumbprint: undefined };
    const request = {
      method: '',
      path: '/',
      target: '/',
      authority: '',
      source: '',
      caller,
      principal: '',
      keyId: '',
      nowMs: NOW_MS,
    };
    expect(policy?.judge({ ...request, headers: () => new Map(), claims: {} })).toMatchObject({
      kind: 'deny',
    });
    expect(await policy?.verifyToken?.({} as never, caller, NOW_MS)).toMatchObject({ kind: 'refused' });
  });
});
