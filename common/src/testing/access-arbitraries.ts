import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  oneof,
  option,
  record,
  string,
  subarray,
  tuple,
  uniqueArray,
} from 'fast-check';

import type { AccessPolicySpec, AccessRule, HeaderMatch, PathMatch } from '../policy/index.ts';
import type { NaiveRequest } from './naive-access.ts';

const PATHS = [
  '/v1',
  '/v1/',
  '/v1/payments',
  '/v1/payments/7',
  '/v1/payroll',
  '/v1/payments/7/refunds',
  '/',
  '/v1//payments',
  '/v1/%2e%2e/x',
  '/v1/a/..;/b',
];
const PEERS = ['spiffe://m/ns/pay/sa/a', 'spiffe://m/ns/pay/sa/b', 'spiffe://m/ns/payroll/sa/a', 'a.pay'];
const SOURCES = ['10.0.0.1', '10.1.2.3', '10.255.0.9', '192.168.0.1', '127.0.0.1'];
const VALUES = ['gold', 'goldsmith', 'silver', 'a,b', 'gold,gold', '', 'g\u00e4', 'constructor'];

const path: Arbitrary<PathMatch> = oneof(
  record({ kind: constant('exact' as const), value: constantFrom('/v1/payments', '/v1/payments/7', '/') }),
  record({ kind: constant('prefix' as const), value: constantFrom('/v1', '/v1/', '/v1/pay', '/') }),
  record({
    kind: constant('template' as const),
    value: constantFrom('/v1/{x}', '/v1/payments/{id}', '/{a}/payments/{b}'),
  }),
);
const header: Arbitrary<HeaderMatch> = oneof(
  record({
    name: constantFrom('x-tier', 'x-b'),
    kind: constantFrom('exact' as const, 'prefix' as const),
    value: constantFrom('gold', 'silver'),
  }),
  record({ name: constantFrom('x-tier', 'x-b'), kind: constant('present' as const) }),
);
const few = <T>(item: Arbitrary<T>) =>
  oneof(constant([] as T[]), array(item, { minLength: 1, maxLength: 2 }));

const rule = (hasJwt: boolean, hasPrincipals: boolean): Arbitrary<Omit<AccessRule, 'name'>> =>
  record({
    action: constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
    methods: oneof(constant([]), subarray(['GET', 'POST'], { minLength: 1 })),
    paths: few(path),
    sources: few(
      record({
        address: constantFrom('10.0.0.0', '10.1.2.3', '192.168.0.0', '0.0.0.0'),
        prefix: constantFrom(0, 7, 8, 12, 24, 32),
      }),
    ),
    peers: few(
      oneof(
        record({ kind: constant('exact' as const), value: constantFrom(...PEERS) }),
        record({
          kind: constant('prefix' as const),
          value: constantFrom('spiffe://m/ns/pay/', 'spiffe://m/'),
        }),
      ),
    ),
    principals: hasPrincipals ? few(constantFrom('merchant-a', 'merchant-b')) : constant([]),
    claims: hasJwt
      ? few(
          record({
            path: constantFrom<readonly [string, ...string[]]>(
              ['role'],
              ['realm', 'roles'],
              ['__proto__'],
              ['constructor', 'name'],
            ),
            values: subarray(['a', 'b', 'Object'], { minLength: 1 }),
          }),
        )
      : constant([]),
    headers: uniqueArray(header, { maxLength: 2, selector: ({ name }) => name }),
  });

/** Policies without `when`. `principals`: also conditions on who signed. */
export function accessSpecs({ principals }: { readonly principals: boolean }): Arbitrary<AccessPolicySpec> {
  return tuple(
    constantFrom('Required' as const, 'Optional' as const, 'Optional' as const),
    constantFrom(true, false),
  ).chain(([mtls, hasJwt]) =>
    record({
      targetRefs: constant([{ kind: 'Route' as const, namespace: 'pay', name: 'x' }]),
      mode: constant('Enforce' as const),
      priority: constant(0),
      identity: (hasJwt ? constantFrom(true, false) : constant(undefined)).map((required) => ({
        mtls,
        ...(required === undefined ? {} : { jwt: { ...JWT, required } }),
      })),
      rules: array(rule(hasJwt, principals), { minLength: 1, maxLength: 4 }).map((rules) =>
        rules.map((one, index) => ({ ...one, name: `r${index}` })),
      ),
    }),
  );
}

const JWT = {
  issuer: 'https://idp.example',
  audiences: ['payments'],
  algorithms: ['RS256'],
  keys: { kind: 'file', path: 'idp.jwks' },
  header: 'authorization',
  cnf: 'None',
  clockSkewMs: 30_000,
} as const;

/** Requests that such policies often have something to say about. */
export const accessRequests: Arbitrary<NaiveRequest> = record({
  method: constantFrom('GET', 'POST', 'post'),
  path: constantFrom(...PATHS),
  source: constantFrom(...SOURCES),
  peers: subarray(PEERS, { maxLength: 2 }),
  principal: constantFrom('', 'merchant-a', 'merchant-b'),
  claims: option(
    oneof(
      constant({}),
      record({
        role: oneof(
          constantFrom('a', 'b', 'c'),
          array(constantFrom('a', 'c'), { maxLength: 2 }),
          constant(1),
        ),
      }),
      record({ realm: record({ roles: array(constantFrom('a', 'b'), { maxLength: 2 }) }), role: string() }),
      constant(JSON.parse('{"__proto__": "a", "constructor": {"name": "b"}}') as Record<string, unknown>),
    ),
    { nil: undefined },
  ),
  headers: array(tuple(constantFrom('x-tier', 'x-b', 'x-c'), constantFrom(...VALUES)), { maxLength: 3 }),
});
