import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type SignedGateway, sendHttp1 } from '../harness/index.ts';
import {
  byEnvoy,
  denied,
  expectPass,
  hmacSigned,
  params,
  type Row,
  rfcSigned,
  startMerchants,
  testRows,
  watch,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const h1 = { over: ['HTTP/1.1'] } as const;

/** Signed as it stands, so that only the way to the verifier can make it wrong. */
const folded: readonly Row[] = [
  '/hmac//a',
  '/hmac/./a',
  '/hmac/x/../a',
  '/hmac/%2e%2e/hmac/a',
  '/hmac/%61',
  '/hmac\\a',
].map((target) => ({
  row: 6,
  name: `${target} signed as it is, which Envoy folds`,
  make: () => hmacSigned({ target }),
  ending: denied('bad_signature'),
}));

const REFUSED = [
  ...['/hmac/a%2fb', '/hmac/a%2Fb', '/hmac/a%5cb', '/hmac%2fa', '/hmac/a%00b'],
  ...[
    '/hmac/a;b=2',
    '/hmac/%2e%2e;/open',
    '/hmac/a%3bb',
    '/hmac/a%252fb',
    '/hmac/a%c0%afb',
    '/hmac/a%u002fb',
  ],
];

const refused: readonly Row[] = REFUSED.map((target) => ({
  row: /%2f/i.test(target) ? 7 : 6,
  name: `${target}, signed as it is`,
  make: () => hmacSigned({ target }),
  ending: byEnvoy(400),
}));

const moved: readonly Row[] = [
  ['/hmac/a%25', 'an escaped percent sign'],
  ['/hmac/A', 'another case'],
  ['/hmac/a/', 'a slash at the end'],
  ['/hmac/a.', 'a dot at the end'],
  ['/hmac/a%20', 'an escaped space at the end'],
].map(([target = '', name = '']) => ({
  row: 6,
  name: `${name}, ${target} for the signed /hmac/a`,
  make: () => ({ ...hmacSigned({ target: '/hmac/a' }), target }),
  ending: denied('bad_signature'),
}));

const queries: readonly Row[] = [
  ['/hmac?a=1&b=2', 'reordered'],
  ['/hmac?b=2&a=1&a=1', 'with one more'],
  ['/hmac?b=2&&a=1', 'with nothing between two signs'],
  ['/hmac?b=2;a=1', 'with a semicolon'],
  ['/hmac?b=2&a=%31', 'escaped'],
  ['/hmac?b=2&a=1&', 'with a sign at the end'],
  ['/hmac??b=2&a=1', 'with two question marks'],
  ['/hmac', 'left out'],
].map(([target = '', name = '']) => ({
  row: 8,
  name: `the query ${name}`,
  make: () => ({ ...hmacSigned({ target: '/hmac?b=2&a=1' }), target }),
  ending: denied('bad_signature'),
}));

const PARAM = ['"@method"', '"@path"', '"@query-param";name="id"', '"content-digest"'];
const byParam = (target = '/param?id=a+b&x=1') => rfcSigned({ target, components: PARAM });

const parameters: readonly Row[] = [
  {
    row: 8,
    name: '+ for %20 in the query of RFC 9421',
    make: () => ({ ...rfcSigned({ target: '/rfc?a=x%20y' }), target: '/rfc?a=x+y' }),
    ending: denied('bad_signature'),
  },
  {
    row: 8,
    name: 'a covered parameter twice',
    make: () => ({ ...byParam('/param?id=1'), target: '/param?id=1&id=2' }),
    ending: denied('repeated_component'),
  },
  {
    row: 8,
    name: 'a covered parameter twice, once escaped',
    make: () => ({ ...byParam('/param?id=1'), target: '/param?id=1&%69d=2' }),
    ending: denied('repeated_component'),
  },
  {
    row: 8,
    name: 'a covered parameter left out',
    make: () => ({ ...byParam('/param?id=1'), target: '/param?ID=1' }),
    ending: denied('missing_component'),
  },
  {
    row: 8,
    name: 'the value of a covered parameter changed',
    make: () => ({ ...byParam('/param?id=1'), target: '/param?id=01' }),
    ending: denied('bad_signature'),
  },
];

const absolute: readonly Row[] = [
  {
    row: 11,
    name: 'an absolute target of another host',
    make: () => ({ ...rfcSigned(), target: 'http://evil.example/rfc?b=2&a=1' }),
    ending: denied('bad_signature'),
    ...h1,
  },
  {
    row: 11,
    name: 'an absolute target of another host, signed for that in hmac',
    make: () => ({
      ...hmacSigned({ target: 'http://evil.example/hmac' }),
      target: 'http://evil.example/hmac',
    }),
    ending: denied('bad_signature'),
    ...h1,
  },
  {
    row: 11,
    name: 'an absolute target in :path',
    make: () => ({ ...rfcSigned(), target: 'http://pay.example/rfc?b=2&a=1' }),
    ending: byEnvoy(0),
    over: ['HTTP/2'],
  },
  {
    row: 11,
    name: 'a second authority, in Host',
    make: () => ({
      ...rfcSigned(),
      headers: [...rfcSigned().headers, ['host', 'pay.example']],
      host: 'evil.example',
    }),
    ending: denied('bad_signature'),
  },
];

describe('hostile targets through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [
    ...folded,
    ...refused,
    ...moved,
    ...queries,
    ...parameters,
    ...absolute,
  ]);

  test.each(['/hmac//a', '/hmac/x/../a', '/hmac/x/%2e%2e/a', '/hmac/./a', '/hmac/%61', '/open/../hmac/a'])(
    'row 6: of %s, which Envoy folds first, the program gets the signed /hmac/a',
    async (target) => {
      const passed = await expectPass(gateway, { ...hmacSigned({ target: '/hmac/a' }), target });
      expect(passed?.url).toBe('/hmac/a');
    },
  );

  test('row 6: after a step up with a parameter, route and program agree', async () => {
    const { answer, passed } = await watch(gateway, () =>
      sendHttp1(gateway.port, { method: 'GET', target: '/hmac/..;/open', headers: [] }),
    );
    expect([answer.status, passed, gateway.passed.at(-1)?.url]).toEqual([200, 1, '/open']);
    await expectPass(gateway, { ...hmacSigned({ target: '/hmac/a' }), target: '/open/..;x/hmac/a' });
    expect(gateway.passed.at(-1)?.url).toBe('/hmac/a');
  });

  test('row 8: a query of any bytes passes as it is signed', async () => {
    const target = '/hmac?b=//x/../y&&a=%2F%2e;+&a=1&a=2?';
    expect((await expectPass(gateway, hmacSigned({ target })))?.url).toBe(target);
    expect((await expectPass(gateway, byParam(), 'HTTP/2'))?.url).toBe('/param?id=a+b&x=1');
  });

  test('row 11: an absolute target of the signed host is that path', async () => {
    const request = { ...rfcSigned({ params: params() }), target: 'http://pay.example/rfc?b=2&a=1' };
    const passed = await expectPass(gateway, { ...request, host: 'evil.example' });
    expect(passed?.url).toBe('/rfc?b=2&a=1');
    expect(passed?.rawHeaders).toContain('pay.example');
    expect(passed?.rawHeaders).not.toContain('evil.example');
  });
});
