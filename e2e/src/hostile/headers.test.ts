import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type SignedGateway, sendHttp1 } from '../harness/index.ts';
import {
  added,
  bent,
  byEnvoy,
  denied,
  expectPass,
  headerOf,
  hmacSigned,
  PAYMENT_WRITE,
  type Row,
  rfcSigned,
  startMerchants,
  testRows,
  without,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const COVERED = [...PAYMENT_WRITE, '"x-amount"'];
const amount = (value: string) =>
  rfcSigned({ target: '/amount', headers: [['x-amount', value]], components: COVERED });
const h1 = { over: ['HTTP/1.1'] } as const;

const REPEATED: readonly Row[] = [
  ...(['signature', 'signature-input'] as const).map((name) => ({
    row: 1,
    name: `two ${name} lines of one label`,
    make: () => {
      const request = rfcSigned();
      return added(request, [name, headerOf(request, name)]);
    },
    ending: denied('duplicate_label'),
  })),
  {
    row: 1,
    name: 'a second, wrong signature of one label before the right one',
    make: () => bent(rfcSigned(), 'signature', (value) => `sig1=:${'A'.repeat(86)}==:, ${value}`),
    ending: denied('duplicate_label'),
  },
  ...(['x-signature', 'x-key-id', 'x-nonce', 'x-timestamp'] as const).map((name) => ({
    row: 1,
    name: `${name} twice`,
    make: () => {
      const request = hmacSigned();
      return added(request, [name, headerOf(request, name)]);
    },
    ending: denied('repeated_header'),
  })),
];

const SPELLED: readonly Row[] = [
  ...['x_signature', 'content_digest', 'x_amount'].flatMap((name) => [
    {
      row: 3,
      name: `a header ${name} beside the right ones`,
      make: () => added(hmacSigned(), [name, 'x']),
      ending: byEnvoy(400),
      ...h1,
    },
    {
      row: 3,
      name: `a header ${name} beside the right ones`,
      make: () => added(hmacSigned(), [name, 'x']),
      ending: byEnvoy(0),
      over: ['HTTP/2'] as const,
    },
  ]),
  {
    row: 57,
    name: 'a header __proto__',
    make: () => added(hmacSigned(), ['__proto__', 'x']),
    ending: byEnvoy(400),
    ...h1,
  },
  {
    row: 3,
    name: 'X-Amount twice in two cases',
    make: () => added(hmacSigned(), ['X-AMOUNT', '999']),
    ending: denied('repeated_header'),
    ...h1,
  },
];

const JOINED: readonly Row[] = [
  {
    row: 4,
    name: 'lines that Envoy would join to the signed text',
    make: () =>
      added(
        bent(hmacSigned({ amount: '1,2' }), 'x-amount', () => '1'),
        ['x-amount', '2'],
      ),
    ending: denied('repeated_header'),
  },
  {
    row: 4,
    name: 'the same in RFC 9421, whose join has a space',
    make: () =>
      added(
        bent(amount('1,2'), 'x-amount', () => '1'),
        ['x-amount', '2'],
      ),
    ending: denied('bad_signature'),
  },
  {
    row: 4,
    name: 'one more line of a covered header',
    make: () => added(amount('100'), ['x-amount', '999']),
    ending: denied('bad_signature'),
  },
  {
    row: 5,
    name: 'a raw byte where "!" was signed',
    make: () => bent(hmacSigned({ amount: '1!' }), 'x-amount', () => '1\xff'),
    ending: denied('unclean_header'),
  },
  {
    row: 5,
    name: 'a raw byte where "!" was signed, in RFC 9421',
    make: () => bent(amount('1!'), 'x-amount', () => '1\x80'),
    ending: denied('unclean_header'),
  },
];

const LIES = [
  ['x-forwarded-host', 'pay.example'],
  ['forwarded', 'host=pay.example;proto=https'],
  ['x-original-url', '/hmac?b=2&a=1'],
  ['x-rewrite-url', '/hmac?b=2&a=1'],
  ['x-http-method-override', 'POST'],
] as const;

const ELSEWHERE: readonly Row[] = [
  {
    row: 9,
    name: 'another path, the signed one in headers',
    make: () => ({ ...added(hmacSigned(), ...LIES), target: '/hmac/refund?b=2&a=1' }),
    ending: denied('bad_signature'),
  },
  {
    row: 9,
    name: 'another method, the signed one in headers',
    make: () => ({ ...added(hmacSigned(), ...LIES), method: 'DELETE' }),
    ending: denied('bad_signature'),
  },
  {
    row: 9,
    name: 'another host, the signed one in headers',
    make: () => ({ ...added(rfcSigned(), ...LIES), host: 'evil.example' }),
    ending: denied('bad_signature'),
  },
  {
    row: 10,
    name: 'a host with a final dot',
    make: () => ({ ...rfcSigned(), host: 'pay.example.' }),
    ending: denied('bad_signature'),
  },
  {
    row: 10,
    name: 'userinfo in the host',
    make: () => ({ ...rfcSigned(), host: 'pay.example@evil.example' }),
    ending: denied('malformed_authority'),
    ...h1,
  },
  {
    row: 10,
    name: 'userinfo in the host',
    make: () => ({ ...rfcSigned(), host: 'pay.example@evil.example' }),
    ending: byEnvoy(0),
    over: ['HTTP/2'],
  },
  {
    row: 10,
    name: 'an IPv6 host in place of the signed one',
    make: () => ({ ...rfcSigned(), host: '[::1]' }),
    ending: denied('bad_signature'),
  },
  {
    row: 41,
    name: 'a header "method" for the signed one',
    make: () => ({ ...added(rfcSigned(), ['method', 'POST']), method: 'DELETE' }),
    ending: denied('bad_signature'),
  },
  {
    row: 41,
    name: 'a header "@method" for the signed one',
    make: () => ({ ...added(rfcSigned(), ['@method', 'POST']), method: 'DELETE' }),
    ending: byEnvoy(400),
    ...h1,
  },
];

const BYTES: readonly Row[] = [
  {
    row: 42,
    name: 'NUL in a covered value',
    make: () => bent(hmacSigned(), 'x-amount', () => '100\0'),
    ending: byEnvoy(400),
    ...h1,
  },
  {
    row: 42,
    name: 'a bare line feed in a covered value',
    make: () => bent(hmacSigned(), 'x-amount', () => '100\nx-amount: 999'),
    ending: denied('repeated_header'),
    ...h1,
  },
  {
    row: 42,
    name: 'a folded line that Envoy does not make what was signed',
    make: () => bent(hmacSigned({ amount: '100,200' }), 'x-amount', () => '100\r\n 200'),
    ending: denied('bad_signature'),
    ...h1,
  },
];

const LARGE: readonly Row[] = [
  {
    row: 58,
    name: 'a header of 100 kB',
    make: () => added(hmacSigned(), ['x-large', 'x'.repeat(100_000)]),
    ending: byEnvoy(431),
    ...h1,
  },
  {
    row: 58,
    name: 'a header of 100 kB',
    make: () => added(hmacSigned(), ['x-large', 'x'.repeat(100_000)]),
    ending: byEnvoy(0),
    over: ['HTTP/2'],
  },
  {
    row: 58,
    name: '100 headers',
    make: () =>
      added(hmacSigned(), ...Array.from({ length: 100 }, (_, at) => [`x-many-${at}`, 'x'] as const)),
    ending: byEnvoy(431),
    ...h1,
  },
];

describe('hostile headers through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [...REPEATED, ...SPELLED, ...JOINED, ...ELSEWHERE, ...BYTES, ...LARGE]);

  test('row 3: names in upper case are the same names', async () => {
    const { headers, ...request } = hmacSigned();
    const upper = headers.map(([name, value]) => [name.toUpperCase(), value] as const);
    await expectPass(gateway, { ...request, headers: upper });
  });

  test('row 4: lines that RFC 9421 joins to the signed text pass as they are', async () => {
    const request = added(
      bent(amount('1, 2'), 'x-amount', () => '1'),
      ['x-amount', '2'],
    );
    const passed = await expectPass(gateway, request);
    expect(linesOf(passed?.rawHeaders, 'x-amount')).toEqual(['1', '2']);
  });

  test('row 9: what other headers say changes nothing for a right request', async () => {
    await expectPass(gateway, added(hmacSigned(), ...LIES));
    await expectPass(gateway, added(rfcSigned(), ...LIES), 'HTTP/2');
  });

  test.each(['PAY.Example', 'pay.example:80', 'pay.example:4444'])(
    'row 10: %s is the signed host, and the program sees no port',
    async (host) => {
      const passed = await expectPass(gateway, { ...rfcSigned(), host });
      expect(linesOf(passed?.rawHeaders, 'host')).toEqual([host.replace(/:.*/, '')]);
    },
  );

  test('row 42: of a folded line, which Envoy unfolds first, the program gets what was signed', async () => {
    const request = bent(hmacSigned({ amount: '100 200' }), 'x-amount', () => '100\r\n 200');
    const passed = await expectPass(gateway, request);
    expect(linesOf(passed?.rawHeaders, 'x-amount')).toEqual(['100 200']);
  });

  test('row 57: headers named as members of objects are headers', async () => {
    const names = ['constructor', 'tostring', 'hasownproperty', 'valueof'];
    await expectPass(gateway, added(hmacSigned(), ...names.map((name) => [name, 'x'] as const)));
    await expectPass(
      gateway,
      rfcSigned({
        headers: names.map((name) => [name, name] as const),
        components: [...PAYMENT_WRITE, ...names.map((name) => `"${name}"`)],
      }),
    );
  });

  test('row 60: who signed is what ext-authz says, whatever the client says', async () => {
    const lies = [
      ['x-paymesh-principal', 'merchant-b'],
      ['X-Paymesh-Principal', 'admin'],
      ['x-paymesh-key-id', 'root'],
    ] as const;
    const passed = await expectPass(gateway, added(hmacSigned(), ...lies));
    expect(linesOf(passed?.rawHeaders, 'x-paymesh-principal')).toEqual(['merchant-a']);
    expect(linesOf(passed?.rawHeaders, 'x-paymesh-key-id')).toEqual(['k-1']);
  });

  test('row 60: on an open route nobody is named', async () => {
    const request = added({ ...without(hmacSigned(), 'x-signature'), target: '/open' }, [
      'x-paymesh-principal',
      'merchant-b',
    ]);
    expect((await sendHttp1(gateway.port, request)).status).toBe(200);
    expect(linesOf(gateway.passed.at(-1)?.rawHeaders, 'x-paymesh-principal')).toEqual([]);
  });
});

/** Values of a header as the program got them. */
function linesOf(rawHeaders: readonly string[] = [], name: string): readonly string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
