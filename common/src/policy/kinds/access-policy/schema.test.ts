import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

const RULE = {
  methods: [],
  paths: [],
  sources: [],
  peers: [],
  principals: [],
  claims: [],
  headers: [],
};
const TARGET = 'targetRefs: [{kind: Route, name: r}]';

describe('AccessPolicy', () => {
  test('has defaults', () => {
    expect(parseSpec('AccessPolicy', lines(TARGET, 'rules: [{name: all, action: Allow}]'))).toEqual({
      targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
      mode: 'Enforce',
      priority: 0,
      identity: { mtls: 'Optional' },
      rules: [{ ...RULE, name: 'all', action: 'Allow' }],
    });
  });

  test('reads everything', () => {
    const spec = lines(
      TARGET,
      'mode: Shadow',
      'identity:',
      '  mtls: Required',
      '  jwt: {issuer: "https://idp", audiences: [pay], algorithms: [ES256], keys: {file: idp.jwks}, header: header(X-Token),',
      '    required: false, cnf: Required, clockSkew: 5s, maxAge: 1h}',
      'rules:',
      '- {name: own, action: Deny, methods: [POST], paths: [{prefix: /v1}, {template: "/v1/{id}"}], sources: [10.0.0.0/8, "::1"],',
      '   peers: [{exact: "spiffe://mesh/ns/pay/sa/a"}, {prefix: "spiffe://mesh/ns/pay/"}, {exact: a.pay}], principals: [merchant-a],',
      '   claims: {realm.roles: [admin], scope: [a, b]}, headers: {X-Tier: {exact: gold}, x-b: {prefix: a}, x-c: {present: true}},',
      '   when: "true"}',
    );
    expect(parseSpec('AccessPolicy', spec)).toMatchObject({
      mode: 'Shadow',
      identity: {
        mtls: 'Required',
        jwt: {
          issuer: 'https://idp',
          audiences: ['pay'],
          algorithms: ['ES256'],
          keys: { kind: 'file', path: 'idp.jwks' },
          header: 'x-token',
          required: false,
          cnf: 'Required',
          clockSkewMs: 5_000,
          maxAgeMs: 3_600_000,
        },
      },
      rules: [
        {
          name: 'own',
          action: 'Deny',
          methods: ['POST'],
          paths: [
            { kind: 'prefix', value: '/v1' },
            { kind: 'template', value: '/v1/{id}' },
          ],
          sources: [
            { address: '10.0.0.0', prefix: 8 },
            { address: '::1', prefix: 128 },
          ],
          peers: [
            { kind: 'exact', value: 'spiffe://mesh/ns/pay/sa/a' },
            { kind: 'prefix', value: 'spiffe://mesh/ns/pay/' },
            { kind: 'exact', value: 'a.pay' },
          ],
          principals: ['merchant-a'],
          claims: [
            { path: ['realm', 'roles'], values: ['admin'] },
            { path: ['scope'], values: ['a', 'b'] },
          ],
          headers: [
            { name: 'x-tier', kind: 'exact', value: 'gold' },
            { name: 'x-b', kind: 'prefix', value: 'a' },
            { name: 'x-c', kind: 'present' },
          ],
          when: 'true',
        },
      ],
    });
  });

  const JWT = 'issuer: i, audiences: [a], keys: {file: f}';
  test.each([
    ['no rules', 'rules: []', 'PM1205 spec.rules'],
    [
      'two rules of a name',
      'rules: [{name: a, action: Allow}, {name: a, action: Deny}]',
      'PM2204 spec.rules[1]',
    ],
    ['an action of another product', 'rules: [{name: a, action: Audit}]', 'PM2104 spec.rules[0].action'],
    ['a mistyped condition', 'rules: [{name: a, action: Allow, path: [/a]}]', 'PM1202 spec.rules[0].path'],
    ['an empty condition', 'rules: [{name: a, action: Allow, methods: []}]', 'PM1205 spec.rules[0].methods'],
    [
      'a range with too many bits',
      'rules: [{name: a, action: Allow, sources: [10.0.0.0/33]}]',
      'PM2108 spec.rules[0].sources[0]',
    ],
    [
      'a range of a name',
      'rules: [{name: a, action: Allow, sources: [localhost]}]',
      'PM2108 spec.rules[0].sources[0]',
    ],
    [
      'a subject as peer',
      'rules: [{name: a, action: Allow, peers: [{exact: "CN=a"}]}]',
      'PM2112 spec.rules[0].peers[0].exact',
    ],
    [
      'a prefix within a segment',
      'rules: [{name: a, action: Allow, peers: [{prefix: "spiffe://mesh/ns/pay"}]}]',
      'PM2112 spec.rules[0].peers[0].prefix',
    ],
    [
      'a header that says who calls',
      'rules: [{name: a, action: Allow, headers: {X-Forwarded-Client-Cert: {present: true}}}]',
      'PM4022 spec.rules[0].headers',
    ],
    [
      'a header that ext-authz sets',
      'rules: [{name: a, action: Allow, headers: {x-paymesh-principal: {exact: m}}}]',
      'PM4022 spec.rules[0].headers',
    ],
    [
      'a header with an underscore',
      'rules: [{name: a, action: Allow, headers: {x_tier: {exact: m}}}]',
      'PM2112 spec.rules[0].headers.x_tier',
    ],
    [
      'a header twice',
      'rules: [{name: a, action: Allow, headers: {X-A: {exact: m}, x-a: {exact: n}}}]',
      'PM2204 spec.rules[0].headers.x-a',
    ],
    [
      'a comma in a header',
      'rules: [{name: a, action: Allow, headers: {x-a: {exact: "m,n"}}}]',
      'PM2112 spec.rules[0].headers.x-a.exact',
    ],
    [
      'absence, which leaving out could fake',
      'rules: [{name: a, action: Allow, headers: {x-a: {present: false}}}]',
      'PM2104 spec.rules[0].headers.x-a.present',
    ],
    [
      'a claim with an empty step',
      'rules: [{name: a, action: Allow, claims: {a..b: [x]}}]',
      'PM2112 spec.rules[0].claims["a..b"]',
    ],
    [
      'an expression that is too long',
      `rules: [{name: a, action: Allow, when: "${'x'.repeat(4_097)}"}]`,
      'PM2112 spec.rules[0].when',
    ],
    ['no algorithms', `identity: {jwt: {${JWT}}}`, 'PM1203 spec.identity.jwt'],
    [
      'a symmetric algorithm',
      `identity: {jwt: {${JWT}, algorithms: [HS256]}}`,
      'PM2104 spec.identity.jwt.algorithms[0]',
    ],
    [
      'no algorithm at all',
      `identity: {jwt: {${JWT}, algorithms: [none]}}`,
      'PM2104 spec.identity.jwt.algorithms[0]',
    ],
    [
      'keys fetched in the clear',
      'identity: {jwt: {issuer: i, audiences: [a], algorithms: [ES256], keys: {url: "http://idp/jwks"}}}',
      'PM2112 spec.identity.jwt.keys.url',
    ],
    [
      'a token in a header of proxies',
      `identity: {jwt: {${JWT}, algorithms: [ES256], header: header(x-envoy-a)}}`,
      'PM4022 spec.identity.jwt.header',
    ],
    [
      'parts of a second',
      `identity: {jwt: {${JWT}, algorithms: [ES256], clockSkew: 1500ms}}`,
      'PM2103 spec.identity.jwt.clockSkew',
    ],
  ])('refuses %s', (_name, text, finding) => {
    const rules = text.startsWith('rules') ? '' : 'rules: [{name: all, action: Allow}]';
    const read = parseSpec('AccessPolicy', lines(TARGET, text, rules));
    expect(read).toEqual(expect.arrayContaining([expect.stringContaining(`${finding}:`)]));
  });
});
