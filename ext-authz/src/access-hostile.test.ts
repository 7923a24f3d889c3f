import { createHmac } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { DenialReason } from './decision/index.ts';
import {
  accessDocument,
  accessRule,
  accessSet,
  CALLER,
  ISSUER,
  jwtSpec,
  THIEF,
  token,
} from './testing/access.ts';
import { addHeader, NOW_S, POLICY, type RawCheck, ruleSet, SECRET, signedCheck } from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

const TOKENS = accessDocument('pay/tokens', {
  identity: { mtls: 'Optional', jwt: jwtSpec() },
  rules: [accessRule()],
});
const OPTIONAL = accessDocument('pay/optional', {
  identity: { mtls: 'Optional', jwt: jwtSpec({ required: false }) },
});
const BOUND = accessDocument('pay/bound', {
  identity: { mtls: 'Required', jwt: jwtSpec({ cnf: 'Required' }) },
});
const OWN_HEADER = accessDocument('pay/own-header', {
  identity: { mtls: 'Optional', jwt: jwtSpec({ header: 'x-token' }) },
});
const PEERS = accessDocument('pay/peers', {
  rules: [accessRule({ peers: [{ kind: 'exact', value: 'checkout.pay' }] })],
});
const access = await accessSet(TOKENS, OPTIONAL, BOUND, OWN_HEADER, PEERS);

/** A request for access alone, with these headers. */
function unsigned(policy: string, ...headers: readonly (readonly [string, string])[]): RawCheck {
  const check = signedCheck();
  const kept = check.headers.filter(([name]) => !/^x-(?:key-id|nonce|timestamp|signature)$/.test(name));
  return { ...check, headers: [...kept, ...headers], contextExtensions: { access: policy } };
}

const bearer = (text: string) => ['authorization', `Bearer ${text}`] as const;
const withToken = (claims?: object, header?: object, key?: Parameters<typeof token>[2]) =>
  unsigned('pay/tokens', bearer(token(claims, header, key)));
const from = (
  check: RawCheck,
  { urlEncoded }: { urlEncoded: string },
  principal = 'spiffe://x/y',
): RawCheck => ({
  ...check,
  peer: { principal, certificate: urlEncoded },
});

const publicPem = ISSUER.publicKey.export({ type: 'spki', format: 'pem' });
const hmacWithPublicKey = (bytes: Buffer) => createHmac('sha256', publicPem).update(bytes).digest();
const [encodedHeader = '', encodedClaims = ''] = token().split('.');

describe('a token', () => {
  test.each<[string, RawCheck]>([
    ['of the issuer', withToken()],
    ['for one of several audiences', withToken({ aud: ['other', 'payments'] })],
    ['that expired within the skew', withToken({ exp: NOW_S - 29 })],
    ['typed as for access', withToken({}, { typ: 'at+JWT' })],
    ['without a kid, as one key fits', withToken({}, { kid: undefined })],
    ['in a header of its own', unsigned('pay/own-header', ['x-token', token()])],
    ['that may be left out', unsigned('pay/optional')],
    [
      'beside another scheme, where it may be left out',
      unsigned('pay/optional', ['authorization', 'Basic YTpi']),
    ],
    [
      'bound to the certificate of the caller',
      from(unsigned('pay/bound', bearer(token({ cnf: { 'x5t#S256': CALLER.thumbprint } }))), CALLER),
    ],
    ['is not needed by a named peer', from(unsigned('pay/peers'), CALLER)],
  ])('%s is allowed', async (_name, check) => {
    expect(outcome(await start(ruleSet(), 10, access).check(check))).toMatchObject({
      http: 200,
      reason: 'ok',
    });
  });

  test.each<[DenialReason, string, RawCheck]>([
    ['missing_identity', 'left out', unsigned('pay/tokens')],
    ['missing_identity', 'of another scheme', unsigned('pay/tokens', ['authorization', 'Basic YTpi'])],
    ['bad_token', 'alg none', withToken({}, { alg: 'none' }, () => Buffer.alloc(1))],
    [
      'malformed_token',
      'alg none without a signature',
      unsigned('pay/tokens', bearer(`${encodedHeader}.${encodedClaims}.`)),
    ],
    ['bad_token', 'HS256 with the public key as secret', withToken({}, { alg: 'HS256' }, hmacWithPublicKey)],
    ['bad_token', 'an algorithm that the policy does not name', withToken({}, { alg: 'RS512' })],
    ['bad_token', 'PS256 with a key for RSA', withToken({}, { alg: 'PS256' })],
    ['bad_token', 'signed by a stranger', withToken({}, {}, ISSUER.stranger)],
    [
      'bad_token',
      'with a key of its own',
      withToken({}, { jwk: ISSUER.publicKey.export({ format: 'jwk' }), kid: 'own' }, ISSUER.stranger),
    ],
    ['bad_token', 'with the address of keys', withToken({}, { jku: 'http://127.0.0.1:1/', kid: 'k2' })],
    ['bad_token', 'a kid that is a path', withToken({}, { kid: '../../etc/passwd' })],
    ['bad_token', 'a kid that is __proto__', withToken({}, { kid: '__proto__' })],
    ['bad_token', 'a kid of another type', withToken({}, { kid: 1 })],
    ['bad_token', 'a critical extension', withToken({}, { crit: ['exp'], exp: 1 })],
    ['bad_token', 'a critical extension that is known', withToken({}, { crit: ['b64'], b64: true })],
    ['bad_token', 'an unencoded payload', withToken({}, { crit: ['b64'], b64: false })],
    ['bad_token', 'a token of another type', withToken({}, { typ: 'logout+jwt' })],
    ['bad_token', 'without exp', withToken({ exp: undefined })],
    ['bad_token', 'exp as text', withToken({ exp: '9999999999' })],
    ['expired_token', 'expired', withToken({ exp: NOW_S - 31 })],
    ['bad_token', 'not valid yet', withToken({ nbf: NOW_S + 31 })],
    ['bad_token', 'for somebody else', withToken({ aud: 'orders' })],
    ['bad_token', 'for nobody', withToken({ aud: undefined })],
    ['bad_token', 'of another issuer', withToken({ iss: 'https://idp.example/' })],
    ['bad_token', 'a subject that splits a header', withToken({ sub: 'a\r\nx-paymesh-principal: b' })],
    ['bad_token', 'a subject that is a number', withToken({ sub: 1 })],
    ['malformed_token', 'twice', unsigned('pay/tokens', bearer(token()), bearer(token()))],
    [
      'malformed_token',
      'behind another scheme',
      unsigned('pay/tokens', ['authorization', 'PSP x'], bearer(token())),
    ],
    [
      'malformed_token',
      'within another scheme',
      unsigned('pay/tokens', ['authorization', `PSP Bearer ${token()}`]),
    ],
    ['malformed_token', 'in lower case', unsigned('pay/tokens', ['authorization', `bearer ${token()}`])],
    ['malformed_token', 'that is not needed and not good', unsigned('pay/optional', bearer('a.b'))],
    ['malformed_token', 'of more than 8 kB', withToken({ pad: 'x'.repeat(8_192) })],
    ['malformed_token', 'with padding', unsigned('pay/tokens', bearer(`${token()}=`))],
    ['bad_token', 'that is not JSON', unsigned('pay/tokens', bearer('YQ.YQ.YQ'))],
    ['missing_identity', 'without a certificate', unsigned('pay/bound', bearer(token()))],
    [
      'unbound_token',
      'stolen by the holder of another certificate',
      from(unsigned('pay/bound', bearer(token({ cnf: { 'x5t#S256': CALLER.thumbprint } }))), THIEF),
    ],
    ['unbound_token', 'without cnf', from(unsigned('pay/bound', bearer(token())), CALLER)],
    [
      'unbound_token',
      'with another cnf',
      from(unsigned('pay/bound', bearer(token({ cnf: { jkt: CALLER.thumbprint } }))), CALLER),
    ],
    [
      'unbound_token',
      'with cnf that is a list',
      from(unsigned('pay/bound', bearer(token({ cnf: [CALLER.thumbprint] }))), CALLER),
    ],
    [
      'unbound_token',
      'from a certificate that cannot be read',
      from(unsigned('pay/bound', bearer(token({ cnf: { 'x5t#S256': 'x' } }))), { urlEncoded: '%zz' }),
    ],
    ['access_denied', 'with a peer of another name', from(unsigned('pay/peers'), THIEF)],
    [
      'access_denied',
      'with headers that claim a peer',
      unsigned(
        'pay/peers',
        ['x-forwarded-client-cert', 'DNS=checkout.pay'],
        ['client-cert', `:${CALLER.urlEncoded}:`],
      ),
    ],
  ])('%s: %s', async (reason, _name, check) => {
    const answer = outcome(await start(ruleSet(), 10, access).check(check));
    expect(answer).toMatchObject({ grpc: 7, reason });
    expect(JSON.stringify(answer)).not.toContain('eyJ');
  });
});

describe('which policies are judged', () => {
  const everybody = accessDocument('pay/everybody', {});
  const nobody = accessDocument('pay/nobody', { rules: [accessRule({ methods: ['PURGE'] })] });
  const trial = accessDocument('pay/trial', { mode: 'Shadow', rules: [accessRule({ methods: ['PURGE'] })] });
  const off = accessDocument('pay/off', { mode: 'Off' });
  const merchant = accessDocument('pay/merchant', { rules: [accessRule({ principals: ['merchant-a'] })] });

  const decide = async (extensions: Record<string, string>, signature: 'good' | 'bad' = 'good') => {
    const check = signedCheck(signature === 'good' ? {} : { secret: Buffer.from(SECRET).reverse() });
    const set = await accessSet(everybody, nobody, trial, off, merchant);
    return outcome(await start(ruleSet(), 10, set).check({ ...check, contextExtensions: extensions })).reason;
  };

  test.each([
    [{ policy: POLICY, access: 'pay/everybody' }, 'ok'],
    [{ policy: POLICY, access: 'pay/everybody,pay/merchant' }, 'ok'],
    [{ policy: POLICY, access: 'pay/trial' }, 'ok'],
    [{ policy: POLICY, access: 'pay/everybody,pay/nobody' }, 'access_denied'],
    [{ policy: POLICY, access: 'pay/nobody' }, 'access_denied'],
    [{ access: 'pay/everybody' }, 'ok'],
    [{ access: 'pay/merchant' }, 'access_denied'],
    [{ access: 'pay/everybody,pay/trial' }, 'ok'],
    [{ access: 'pay/trial' }, 'access_denied'],
    [{ access: '' }, 'unknown_policy'],
    [{ access: 'pay/everybody,' }, 'unknown_policy'],
    [{ access: 'pay/elsewhere' }, 'unknown_policy'],
    [{ access: '__proto__' }, 'unknown_policy'],
    [{ policy: POLICY, access: 'pay/elsewhere' }, 'unknown_policy'],
    [{ policy: 'pay/elsewhere', access: 'pay/everybody' }, 'unknown_policy'],
    [{ access: 'pay/off' }, 'policy_off'],
    [{ access: Array(17).fill('pay/everybody').join(',') }, 'malformed_check'],
  ])('%j: %s', async (extensions, reason) => {
    expect(await decide(extensions)).toBe(reason);
  });

  test('no rule makes up for a signature that is not good', async () => {
    expect(await decide({ policy: POLICY, access: 'pay/everybody' }, 'bad')).toBe('bad_signature');
  });

  test('a policy in shadow is noted and denies nothing', async () => {
    const set = await accessSet(everybody, trial);
    const check = { ...signedCheck(), contextExtensions: { policy: POLICY, access: 'pay/trial' } };
    const service = start(ruleSet(), 10, set);
    const response = await service.check(check);
    expect(response.status?.code).toBe(0);
    expect(response.dynamicMetadata).toMatchObject({ decision: 'allow', access_shadow: 'pay/trial' });
    const counted = (await service.output())
      .split('\n')
      .filter((line) => line.startsWith('paymesh_authz_shadow_total'));
    expect(counted).toEqual([
      expect.stringContaining('policy="pay/trial",would="deny",reason="access_denied"'),
    ]);
  });

  test('a throw denies', async () => {
    const set = new Map([
      [
        'pay/broken',
        {
          policyId: 'pay/broken',
          mode: 'Enforce',
          needsPeer: false,
          verifyToken: undefined,
          judge: () => {
            throw new Error('broken');
          },
        } as const,
      ],
    ]);
    const check = { ...signedCheck(), contextExtensions: { access: 'pay/broken' } };
    expect(outcome(await start(ruleSet(), 10, set).check(check))).toMatchObject({
      http: 503,
      reason: 'internal_error',
    });
  });
});

test.each([
  ['pay/tokens', 'allow'],
  ['pay/peers', 'deny'],
] as const)(
  'a check on trial beside another (%s) changes no header and hides no result',
  async (policy, kind) => {
    const documents =
      kind === 'allow'
        ? [TOKENS]
        : [accessDocument('pay/peers', { mode: 'Shadow', rules: [accessRule({ methods: ['PURGE'] })] })];
    const check = unsigned(policy, bearer(token()));
    const trial = { ...check, contextExtensions: { access: policy, trial: 'true' } };
    const response = await start(ruleSet(), 10, await accessSet(...documents)).check(trial);
    expect(response.status?.code).toBe(0);
    expect(response.httpResponse.value).toMatchObject({ headers: [], headersToRemove: [] });
    expect(Object.keys(response.dynamicMetadata ?? {}).every((key) => key.startsWith('trial_'))).toBe(true);
    expect(response.dynamicMetadata).toMatchObject({
      trial_decision: kind === 'allow' ? 'allow' : 'shadow_deny',
    });
  },
);

test('what is told the service is overwritten or removed', async () => {
  const check = addHeader(
    from(withToken(), CALLER, 'spiffe://mesh/ns/pay/sa/checkout'),
    'x-paymesh-key-id',
    'forged',
  );
  const response = await start(ruleSet(), 10, access).check(check);
  const { httpResponse } = response;
  const headers = httpResponse.case === 'okResponse' ? httpResponse.value.headers : [];
  expect(headers.map(({ header }) => [header?.key, header?.value])).toEqual([
    ['x-paymesh-principal', 'clerk-1'],
    ['x-paymesh-peer', 'spiffe://mesh/ns/pay/sa/checkout'],
    ['x-paymesh-subject', 'clerk-1'],
  ]);
  expect(httpResponse.value).toMatchObject({ headersToRemove: ['x-paymesh-key-id'] });
  expect(response.dynamicMetadata).toMatchObject({ access_rule: 'pay/tokens/all', subject: 'clerk-1' });
});
