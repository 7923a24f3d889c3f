import { describe, expect, test } from '@jest/globals';
import { headerList } from '../message/index.ts';
import { accessRule } from '../testing/access.ts';
import { NOW_MS, signedCheck } from '../testing/fixtures.ts';
import { compileCel } from './compile-cel.ts';
import { createJudge } from './judge.ts';
import { accessRequest, type PolicyRequest } from './request.ts';

const claims = JSON.parse(
  '{"role":"clerk","level":3,"roles":["a","b"],"realm":{"roles":["x"]},"__proto__":{"admin":true},"none":null}',
) as Record<string, unknown>;

function request(
  change: Partial<PolicyRequest> = {},
  headers: readonly (readonly [string, string])[] = [],
): PolicyRequest {
  const { method, path } = signedCheck();
  const message = {
    policyId: undefined,
    accessIds: [],
    attempt: '',
    routeId: '',
    requestId: '',
    peer: { address: '10.0.0.1', principal: '', certificate: '' },
    method,
    scheme: 'https',
    authority: 'pay.example',
    target: path,
    headers: headerList(headers.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') }))),
    isLossy: false,
    body: { kind: 'withheld' },
  } as const;
  const caller = { principal: 'spiffe://m/a', names: ['spiffe://m/a'], thumbprint: undefined };
  const base = accessRequest(message, caller, { id: 'k1', owner: 'merchant-a' }, NOW_MS);
  return { ...base, claims, ...change };
}

function evaluate(text: string, of = request()): unknown {
  const compiled = compileCel(text);
  return compiled.kind === 'compiled' ? compiled.evaluate(of) : compiled;
}

describe('compileCel', () => {
  test.each([
    ["request.method == 'POST' && request.path == '/v1/payments'", true],
    ["request.target.endsWith('?currency=CNY') && request.authority == 'pay.example'", true],
    ["source == '10.0.0.1' && peer == 'spiffe://m/a' && principal == 'merchant-a' && key_id == 'k1'", true],
    ["claims.role == 'clerk' && claims.level >= 3 && claims.level == 3", true],
    ["'a' in claims.roles && claims.realm.roles.exists(r, r == 'x')", true],
    ['has(claims.other)', false],
    ['has(claims.constructor) || has(claims.toString) || has(claims.hasOwnProperty)', false],
    ["claims['__proto__'].admin == true", true],
    ["now > timestamp('2025-12-31T00:00:00Z') && now.getHours('Asia/Shanghai') == 8", true],
    ["request.path.matches('^/v1/[a-z]+$')", true],
    ["has(claims.other) && claims.other == 'x'", false],
    ['claims.none == null', true],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  test.each([
    'claims.other',
    "claims.other == 'x'",
    'claims.role',
    '1',
    'claims.level + 1 == 4',
    'claims.level == 3 && 1/0 == 1',
    "request.headers['x-none'] == 'a'",
    "claims.roles[7] == 'a'",
    'claims.role < 1',
  ])('%s has no truth value', (text) => {
    expect(evaluate(text)).toBe('error');
  });

  test('a header that says two things is there, and has no value', () => {
    const of = request({}, [
      ['x-twice', 'a'],
      ['x-twice', 'a'],
      ['x-odd', '\u00e4'],
      ['x-plain', 'a, b'],
      ['__proto__', 'p'],
    ]);
    expect(evaluate("request.headers['x-plain'] == 'a, b' && request.headers['__proto__'] == 'p'", of)).toBe(
      true,
    );
    expect(evaluate("request.headers['x-twice'] == 'b'", of)).toBe('error');
    expect(evaluate('has(request.headers.twice)', of)).toBe(false);
    expect(evaluate("'x-twice' in request.headers && request.headers['x-twice'] == 'b'", of)).toBe('error');
    expect(evaluate("request.headers['x-odd'] != 'b'", of)).toBe('error');
  });

  test.each([
    ['a &&', 'found'],
    ['unknown == 1', 'the unknown name unknown'],
    ["claims.roles.exists(x, y == 'a')", 'the unknown name y'],
    ['type(claims) == type(claims)', 'not offered'],
    ['google.protobuf.Value{}', 'message'],
    ["{'a': 1}.a == 1", 'map'],
    ['claims.roles.exists(x, claims.roles.exists(y, x == y))', 'a loop within a loop'],
    ["claims.roles.exists(x, x.matches('a'))", 'matches within a loop'],
    ['claims.roles.exists(x, timestamp(x) < now)', 'within a loop'],
    ['request.path.matches(claims.role)', 'not written out'],
    ["request.path.matches('(a')", 'missing'],
    [`request.path.matches('${'a'.repeat(257)}')`, 'more than 256 characters'],
    [Array(5).fill("source.matches('a')").join(' && '), 'more than 4 patterns'],
    [Array(200).fill('source == peer').join(' || '), 'more than 256 parts'],
    [`claims.roles.exists(x, ${Array(40).fill("x == 'a'").join(' || ')})`, 'steps'],
    [`${'('.repeat(2_040)}1${')'.repeat(2_040)}`, ''],
  ])('refuses %.60s', (text, got) => {
    expect(evaluate(text)).toEqual({ kind: 'refused', got: expect.stringContaining(got) });
  });

  test('claims that are too many or too deep are an error, not a long wait', () => {
    const many = { roles: Array(300).fill('a') };
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as Record<string, unknown>;
    expect(evaluate("claims.roles.all(x, x == 'a')", request({ claims: many }))).toBe('error');
    expect(evaluate('has(claims.a)', request({ claims: deep }))).toBe('error');
    expect(evaluate("source == '10.0.0.1'", request({ claims: many }))).toBe(true);
  });

  test('the dearest expression that is taken ends within a few milliseconds', () => {
    const body = Array(18).fill("x.startsWith('b')").join(' || ');
    const of = request({ claims: { roles: Array(250).fill('a'.repeat(30)) } });
    const compiled = compileCel(`claims.roles.exists(x, ${body})`);
    if (compiled.kind !== 'compiled') throw new Error(compiled.got);
    compiled.evaluate(of);
    const startedMs = performance.now();
    for (let index = 0; index < 10; index += 1) expect(compiled.evaluate(of)).toBe(false);
    expect((performance.now() - startedMs) / 10).toBeLessThan(100);
  });

  test('a pattern made to blow up is linear', () => {
    const compiled = compileCel("request.path.matches('^(a+)+$')");
    if (compiled.kind !== 'compiled') throw new Error(compiled.got);
    const startedMs = performance.now();
    expect(compiled.evaluate(request({ path: `${'a'.repeat(1_000)}b` }))).toBe(false);
    expect(compiled.evaluate(request({ path: 'a'.repeat(1_025) }))).toBe('error');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

describe('an expression that errs', () => {
  const judge = (...rules: Parameters<typeof accessRule>[0][]) => {
    const all = rules.map((change, index) => accessRule({ name: `r${index}`, ...change }));
    const expressions = new Map(
      all.flatMap(({ name, when }) => {
        const compiled = when === undefined ? undefined : compileCel(when);
        return compiled?.kind === 'compiled' ? [[name, compiled.evaluate] as const] : [];
      }),
    );
    return createJudge(all, ({ name }) => expressions.get(name))(request());
  };

  test.each([
    ['in an Allow rule, also when another would allow', [{}, { when: 'claims.other == 1' }]],
    ['in a Deny rule', [{}, { action: 'Deny', when: 'claims.other == 1' }]],
  ] as const)('denies %s', (_name, rules) => {
    expect(judge(...rules)).toEqual({ kind: 'deny', reason: 'access_error', rule: 'r1' });
  });

  test('is not asked where the table says no', () => {
    expect(judge({}, { methods: ['PURGE'], when: 'claims.other == 1' })).toEqual({
      kind: 'allow',
      rule: 'r0',
    });
  });
});
