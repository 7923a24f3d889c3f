import { describe, expect, test } from '@jest/globals';
import type { AccessPolicySpec, AccessRule } from '@paymesh/common/policy';

import { base, fixture, jwksFor, routeAt, signing, target } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

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
const JWT = {
  issuer: 'i',
  audiences: ['a'],
  algorithms: ['ES256'],
  keys: { kind: 'file', path: 'idp.jwks' },
  header: 'authorization',
  required: true,
  cnf: 'None',
  clockSkewMs: 30_000,
} as const;

const access = (spec: Partial<AccessPolicySpec>) =>
  fixture({
    kind: 'AccessPolicy',
    id: 'pay/access',
    spec: {
      targetRefs: target('Service', 'pay/orders'),
      mode: 'Enforce',
      priority: 0,
      identity: { mtls: 'Optional' },
      rules: [RULE],
      ...spec,
    },
  });

const compiled = (spec: Partial<AccessPolicySpec>, isSigned = false) => {
  const signed = isSigned ? [signing('pay/s', target('Service', 'pay/orders'), 'Enforce')] : [];
  const documents = base(access(spec), ...signed);
  const { ir } = compileMesh(documents, jwksFor(documents));
  return routeAt(ir, 'orders-1', 'inbound', 'passthrough').access;
};

describe('an AccessPolicy', () => {
  test.each<[string, Partial<AccessPolicySpec>]>([
    ['of a table', { rules: [{ ...RULE, methods: ['GET'] }] }],
    ['with a token whose keys are in a file', { identity: { mtls: 'Optional', jwt: JWT } }],
    [
      'with a header that must be there',
      { rules: [{ ...RULE, headers: [{ name: 'x-a', kind: 'present' }] }] },
    ],
    ['with a certificate', { identity: { mtls: 'Required' } }],
  ])('%s is enforced by Envoy alone', (_name, spec) => {
    expect(compiled(spec)).toMatchObject({ checked: [], tried: [] });
  });

  test.each<[string, Partial<AccessPolicySpec>]>([
    ['with an expression', { rules: [{ ...RULE, when: 'true' }] }],
    [
      'with an expression in a Deny rule',
      { rules: [RULE, { ...RULE, name: 'b', action: 'Deny', when: 'true' }] },
    ],
    [
      'with the value of a header',
      { rules: [{ ...RULE, headers: [{ name: 'x-a', kind: 'exact', value: 'b' }] }] },
    ],
    ['with principals', { rules: [{ ...RULE, principals: ['m'] }] }],
    ['bound to a certificate', { identity: { mtls: 'Required', jwt: { ...JWT, cnf: 'Required' } } }],
    ['with an age', { identity: { mtls: 'Optional', jwt: { ...JWT, maxAgeMs: 1 } } }],
    [
      'with keys behind a URL',
      { identity: { mtls: 'Optional', jwt: { ...JWT, keys: { kind: 'url', url: 'https://a/' } } } },
    ],
    [
      'with a long template',
      { rules: [{ ...RULE, paths: [{ kind: 'template', value: `/${'a'.repeat(80)}/{b}` }] }] },
    ],
  ])('%s is judged by ext-authz', (_name, spec) => {
    expect(compiled(spec)).toMatchObject({ checked: ['pay/access'], tried: [] });
  });

  test('beside a signature is judged where the signature is', () => {
    expect(compiled({}, true)).toMatchObject({ checked: ['pay/access'] });
  });

  test('in shadow is counted by Envoy, or tried by ext-authz, and denies nothing', () => {
    expect(compiled({ mode: 'Shadow' })).toMatchObject({
      checked: [],
      tried: [],
      denials: [],
      shadowDenials: [{ name: 'pay/access' }],
    });
    expect(compiled({ mode: 'Shadow', identity: { mtls: 'Optional', jwt: JWT } })).toMatchObject({
      checked: [],
      tried: ['pay/access'],
      tokens: [],
      denials: [],
      shadowDenials: [],
    });
  });

  test('whose keys cannot be read is refused', () => {
    const { findings } = compileMesh(base(access({ identity: { mtls: 'Optional', jwt: JWT } })));
    expect(findings).toEqual([
      expect.objectContaining({ code: 'PM6005', severity: 'error', got: 'file idp.jwks cannot be read' }),
    ]);
  });

  test('that is off does nothing', () => {
    expect(compiled({ mode: 'Off' })).toBeUndefined();
  });
});
