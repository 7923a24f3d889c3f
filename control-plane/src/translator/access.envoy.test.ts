import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { type AccessPolicySpec, type AccessRule, policyId } from '@paymesh/common/policy';
import { eventually, freePort } from '@paymesh/common/testing';

import { compileMesh } from '../compiler/index.ts';
import type { ClusterIr, RouteIr } from '../ir/index.ts';
import {
  ALLOW,
  type Answer,
  call,
  clusterOf,
  meshOf,
  type PolicyServices,
  type RunningEnvoy,
  runMesh,
  startPolicyServices,
  startUpstream,
  type Upstream,
} from '../snapshot/testing/index.ts';
import { base, fixture, route, routeAt, target } from '../testing/index.ts';

const binary = findEnvoy(process.env) ?? '';
const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const others = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed: generateKeyPairSync('ed25519'),
};
const JWKS = JSON.stringify({
  keys: [
    { ...issuer.publicKey.export({ format: 'jwk' }), kid: 'k1' },
    ...Object.entries(others).map(([kid, { publicKey }]) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
    })),
  ],
});

type Signer = (input: Buffer) => Buffer;
const raw = { dsaEncoding: 'ieee-p1363' } as const;
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const BY_ALGORITHM: Readonly<Record<string, readonly [kid: string, Signer]>> = {
  ES256: ['k1', (input) => sign('sha256', input, { key: issuer.privateKey, ...raw })],
  ES384: ['p384', (input) => sign('sha384', input, { key: others.p384.privateKey, ...raw })],
  RS256: ['rsa', (input) => sign('sha256', input, others.rsa.privateKey)],
  PS256: ['rsa', (input) => sign('sha256', input, { key: others.rsa.privateKey, ...PSS })],
  EdDSA: ['ed', (input) => sign(null, input, others.ed.privateKey)],
};

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: object = {}, header: object = {}, signer: Signer = by(issuer.privateKey)): string {
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const all = {
    iss: 'https://idp.example',
    aud: 'payments',
    sub: 'clerk-1',
    exp,
    role: ['clerk'],
    ...claims,
  };
  const input = `${part({ alg: 'ES256', kid: 'k1', ...header })}.${part(all)}`;
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`;
}

function by(key: KeyObject): Signer {
  return (input) => sign('sha256', input, { key, ...raw });
}

function tokenOf(alg: string, claims: object = {}): string {
  const [kid, signer] = BY_ALGORITHM[alg] ?? [];
  return token(claims, { alg, kid }, signer);
}

const RULE: AccessRule = {
  name: 'all',
  action: 'Allow',
  methods: [],
  paths: [],
  sources: [],
  peers: [],
  principals: [],
  claims: [],
  headers: [],
};
const jwt = {
  issuer: 'https://idp.example',
  audiences: ['payments'],
  algorithms: ['ES256'],
  keys: { kind: 'file', path: 'idp.jwks' },
  header: 'authorization',
  required: true,
  cnf: 'None',
  clockSkewMs: 1_000,
} as const;

/** One route for each policy, `/NAME` and what is below. */
const POLICIES: Readonly<Record<string, Partial<AccessPolicySpec>>> = {
  table: {
    rules: [
      {
        ...RULE,
        methods: ['POST', 'GET'],
        paths: [
          { kind: 'prefix', value: '/table/ok' },
          { kind: 'template', value: '/table/{id}/refunds' },
        ],
      },
      { ...RULE, name: 'no-tests', action: 'Deny', headers: [{ name: 'x-test', kind: 'present' }] },
    ],
  },
  golden: { rules: [{ ...RULE, headers: [{ name: 'x-tier', kind: 'prefix', value: 'gold' }] }] },
  near: { rules: [{ ...RULE, sources: [{ address: '127.0.0.0', prefix: 8 }] }] },
  far: { rules: [{ ...RULE, sources: [{ address: '10.0.0.0', prefix: 8 }] }] },
  peers: { rules: [{ ...RULE, peers: [{ kind: 'exact', value: 'checkout.pay' }] }] },
  mtls: { identity: { mtls: 'Required' } },
  clerks: {
    identity: { mtls: 'Optional', jwt },
    rules: [{ ...RULE, claims: [{ path: ['role'], values: ['clerk'] }] }],
  },
  every: {
    identity: {
      mtls: 'Optional',
      jwt: { ...jwt, algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] },
    },
  },
  rsa: { identity: { mtls: 'Optional', jwt: { ...jwt, algorithms: ['RS256'] } } },
  maybe: { identity: { mtls: 'Optional', jwt: { ...jwt, required: false } } },
  cel: {
    rules: [
      { ...RULE, when: 'true' },
      {
        ...RULE,
        name: 'no-tests',
        action: 'Deny',
        headers: [{ name: 'x-tier', kind: 'exact', value: 'test' }],
      },
    ],
  },
  trial: { mode: 'Shadow', rules: [{ ...RULE, methods: ['PURGE'] }] },
};

const http2: Partial<ClusterIr> = { protocol: 'http2', discovery: 'static' };

/** The routes as the compiler gives them, on a gateway in front of one upstream. */
function routes(): RouteIr[] {
  const documents = base(
    ...Object.entries(POLICIES).flatMap(([name, spec]) => [
      route(`pay/${name}`, 'pay/payments', {
        parent: 'edge',
        match: [{ path: { kind: 'prefix', value: `/${name}` } }],
      }),
      fixture({
        kind: 'AccessPolicy',
        id: `pay/${name}`,
        spec: {
          targetRefs: target('Route', `pay/${name}`),
          mode: 'Enforce',
          priority: 0,
          identity: { mtls: 'Optional' },
          rules: [RULE],
          ...spec,
        },
      }),
    ]),
  );
  const jwks = new Map(
    documents.filter(({ kind }) => kind === 'AccessPolicy').map((one) => [policyId(one), JWKS]),
  );
  const { ir, findings } = compileMesh(documents, jwks);
  expect(findings).toEqual([]);
  return Object.keys(POLICIES).map((name) => routeAt(ir, 'edge', 'gateway', `pay/${name}#0`));
}

(binary === '' ? describe.skip : describe)('access in a real Envoy (needs envoy)', () => {
  let upstream: Upstream;
  let services: PolicyServices;
  let envoy: RunningEnvoy;
  let port = 0;

  beforeAll(async () => {
    upstream = await startUpstream('payments');
    services = await startPolicyServices();
    port = await freePort();
    const admin = await freePort();
    const ir = meshOf(
      [
        {
          direction: 'gateway',
          address: '127.0.0.1',
          port,
          virtualHosts: [{ name: 'gateway', domains: ['*'], routes: routes() }],
          extAuthz: { cluster: 'paymesh/ext-authz', timeoutMs: 300 },
        },
      ],
      [clusterOf('pay/payments', [upstream.port]), clusterOf('paymesh/ext-authz', [services.port], http2)],
    );
    envoy = await runMesh(binary, ir, admin);
  }, 30_000);

  beforeEach(async () => {
    await upstream.behave({ kind: 'answer', status: 200 });
    services.answerChecks(ALLOW);
    services.checks.length = 0;
  });

  afterAll(async () => {
    await envoy?.stop();
    await services?.stop();
    await upstream?.die();
  });

  const send = (
    path: string,
    headers: Record<string, string | string[]> = {},
    method = 'POST',
  ): Promise<Answer> => call({ port, path, method, headers });
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  test.each<[string, string, Record<string, string | string[]>]>([
    ['a path', '/table/ok', {}],
    ['a path below', '/table/ok/x?a=/../b', {}],
    ['a template', '/table/7/refunds', {}],
    ['another tier', '/table/ok', { 'x-tier': 'gold' }],
    ['an address, whatever the client says', '/near', { 'x-forwarded-for': '8.8.8.8' }],
    ['a token', '/clerks', bearer(token())],
    ['a token typed as for access', '/clerks', bearer(token({}, { typ: 'at+JWT' }))],
    ['a role as text', '/clerks', bearer(token({ role: 'clerk' }))],
    ['no token where none is needed', '/maybe', {}],
    ['another scheme where no token is needed', '/maybe', { authorization: 'Basic YTpi' }],
    ['a shadow that would deny', '/trial', {}],
  ])('%s passes without a check', async (_name, path, headers) => {
    expect(await send(path, headers)).toMatchObject({ status: 200, text: 'payments' });
    expect([services.checks.length, upstream.seen.length]).toEqual([0, 1]);
  });

  test.each<[number, string, string, Record<string, string | string[]>]>([
    [403, 'a path beside', '/table/okay', {}],
    [403, 'a template with an empty segment', '/table/refunds', {}],
    [403, 'a path parameter that may be folded', '/table/ok/..;/x', {}],
    [403, 'a denied header', '/table/ok', { 'x-test': '1' }],
    [403, 'a denied tier hidden behind another', '/cel', { 'x-tier': ['gold', 'test'] }],
    [403, 'a denied tier with odd bytes', '/cel', { 'x-tier': 't\u00e4st' }],
    [403, 'no header', '/golden', {}],
    [403, 'another header', '/golden', { 'x-tier': ['silver', 'bronze'] }],
    [403, 'an address', '/far', { 'x-forwarded-for': '10.0.0.1' }],
    [403, 'a peer claimed by a header', '/peers', { 'x-forwarded-client-cert': 'DNS=checkout.pay' }],
    [403, 'no certificate', '/mtls', {}],
    [403, 'a denied tier before the check', '/cel', { 'x-tier': 'test' }],
    [401, 'no token', '/clerks', {}],
    [401, 'a token in the query', `/clerks?access_token=${token()}`, {}],
    [401, 'a token of a stranger', '/clerks', bearer(token({}, {}, by(stranger.privateKey)))],
    [401, 'an expired token', '/clerks', bearer(token({ exp: 1 }))],
    [401, 'a token without exp', '/clerks', bearer(token({ exp: undefined }))],
    [401, 'a token of another issuer', '/clerks', bearer(token({ iss: 'https://other' }))],
    [401, 'alg none', '/clerks', bearer(token({}, { alg: 'none' }))],
    [401, 'HS256', '/clerks', bearer(token({}, { alg: 'HS256' }))],
    [403, 'a token for others', '/clerks', bearer(token({ aud: 'orders' }))],
    [403, 'a token without the role', '/clerks', bearer(token({ role: ['other'] }))],
    [403, 'a critical extension', '/clerks', bearer(token({}, { crit: ['x'], x: 1 }))],
    [403, 'a token of another type', '/clerks', bearer(token({}, { typ: 'logout+jwt' }))],
    [403, 'a subject that is no header', '/clerks', bearer(token({ sub: 'a b' }))],
    [401, 'a token twice', '/clerks', { authorization: [`Bearer ${token()}`, `Bearer ${token()}`] }],
    [403, 'a token behind another scheme', '/clerks', { authorization: ['PSP x', `Bearer ${token()}`] }],
    [403, 'a token within another scheme', '/clerks', { authorization: `PSP Bearer ${token()}` }],
    [401, 'a bad token where none is needed', '/maybe', bearer('a.b.c')],
    [
      401,
      'two tokens where none is needed',
      '/maybe',
      { authorization: [`Bearer ${token()}`, `Bearer ${token()}`] },
    ],
    [403, 'a token in lower case where none is needed', '/maybe', { authorization: `bearer ${token()}` }],
  ])('%i: %s reaches neither ext-authz nor the service', async (status, _name, path, headers) => {
    const answer = await send(path, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: status === 401 ? 'bad_identity' : 'access_denied',
      status,
    });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect([services.checks.length, upstream.seen.length]).toEqual([0, 0]);
  });

  test.each(Object.keys(BY_ALGORITHM))(
    'a token by %s is taken where its policy names it, and nowhere else',
    async (alg) => {
      expect(await send('/every', bearer(tokenOf(alg)))).toMatchObject({ status: 200 });
      expect(await send('/rsa', bearer(tokenOf(alg)))).toMatchObject({ status: alg === 'RS256' ? 200 : 401 });
    },
  );

  test('a policy with an expression is asked of ext-authz, by its id and without the body', async () => {
    expect(await send('/cel')).toMatchObject({ status: 200 });
    const attributes = services.checks[0]?.attributes;
    expect(attributes?.contextExtensions).toEqual({ access: 'pay/cel', route: 'pay/cel' });
    expect(attributes?.request?.http?.rawBody).toHaveLength(0);
  });

  test.each(['goldsmith', 'gold, gold', ['gold', 'silver']])(
    'a header that may fit (%j) is asked of it too',
    async (value) => {
      await send('/golden', { 'x-tier': value });
      expect(services.checks.map(({ attributes }) => attributes?.contextExtensions['access'])).toEqual([
        'pay/golden',
      ]);
    },
  );

  test('what a policy in shadow would refuse is written down', async () => {
    await send('/trial');
    await eventually(() => {
      const line = envoy
        .stdout()
        .split('\n')
        .find((text) => text.includes('"route":"pay/trial#0"'));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ access_shadow: 'pay/trial', status: 200 });
    });
  });

  test('the service is told the subject that Envoy proved, and no other', async () => {
    const forged = {
      'x-paymesh-subject': 'admin',
      'x-paymesh-principal': 'admin',
      'x-paymesh-peer': 'admin',
    };
    await send('/clerks', { ...bearer(token()), ...forged });
    await send('/near', forged);
    const told = upstream.seen.map(({ headers }) => [
      headers['x-paymesh-subject'],
      headers['x-paymesh-principal'],
      headers['x-paymesh-peer'],
    ]);
    expect(told).toEqual([
      ['clerk-1', 'clerk-1', undefined],
      [undefined, undefined, undefined],
    ]);
  });
});
