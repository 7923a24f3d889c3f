import { createPublicKey, sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import {
  isProven,
  messageOf,
  outgoing,
  type RequestText,
  rsaKeyPair,
  withSignature,
} from '../testing/signed-message.ts';
import { MAX_AGE_MS, signWechatpay, wechatpayScheme } from './index.ts';

const REQUEST = { scheme: 'wechatpay', message: 'request' } as const;
const CALLBACK = { scheme: 'wechatpay', message: 'callback' } as const;
const SERIAL = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
const NONCE = '593BEC0C930BF1AFEB40B4A08C8FB242';
const NOW_MS = 1_554_208_460_000;
const { signing, verifying } = rsaKeyPair(SERIAL, '1900009191');
const CONTEXT = { key: signing, nowMs: NOW_MS, nonce: NONCE };

const present = (request: RequestText) => wechatpayScheme.present(messageOf(request), REQUEST);
const presentCallback = (request: RequestText) => wechatpayScheme.present(messageOf(request), CALLBACK);

function signedRequest(text: RequestText = {}): Required<RequestText> {
  const request = outgoing({
    target: '/v3/pay/transactions/jsapi?a=1',
    body: '{"mchid":"1900009191"}',
    ...text,
  });
  return withSignature(request, signWechatpay(request, REQUEST, CONTEXT));
}

function signedCallback(body = '{"id":"1"}'): Required<RequestText> {
  const request = outgoing({ body, headers: [['Content-Type', 'application/json']] });
  return withSignature(request, signWechatpay(request, CALLBACK, CONTEXT));
}

describe('examples of the provider', () => {
  // From "build-verify-sign-src" of the APIv3 documentation, with the key of that account.
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwXNI6sdlknHBnK8Fu2U6
Cwor9qY747jP8KAfeBMeveEt1TqaHkLfaSD07trZLhGpfs8/AHqjhgSMO1O10YQW
OrrJ4hjIWPKqxbgrYMkBQc+mwdiWp4W3ByCqxBRagCveCXRWCmuJYovl9H/bsDI0
iGbpVtEOghJtfciisYSgxcLufUDTRkvwxjIBK1pCRjk33jJ5YTBWTHMRtMAOcFLN
F6hdEYdX8SPsgHHeLZ5Lv2T/686w1xtgCHef/sd4uSfWmyzsalQdHG/e4IyYmrhx
+O3VBoNDzE3nx23bFeV/RVNCG7cV6VhmYokJNHa/erIPkEmEFID6A5wQOXuxUkmJ
WwIDAQAB
-----END PUBLIC KEY-----`);
  const answer = {
    body: '{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}',
    headers: [
      ['Wechatpay-Nonce', 'd824f2e086d3c1df967785d13fcd22ef'],
      [
        'Wechatpay-Signature',
        'mfI1CPqvBrgcXfgXMFjdNIhBf27ACE2YyeWsWV9ZI7T7RU0vHvbQpu9Z32ogzc+k8ZC5n3kz7h70eWKjgqNdKQF0eRp8mVKlmfzML' +
          'BVHbssB9jEZEDXThOX1XFqX7s7ymia1hoHQxQagPGzkdWxtlZPZ4ZPvr1RiqkgAu6Is8MZgXXrRoBKqjmSdrP1N7uxzJ/cjfSiis' +
          '9FiLjuADoqmQ1P7p2N876YPAol7Rn0+GswwAwxldbdLrmVSjfytfSBJFqTMHn4itojgxSWWN1byuckQt8hSTEv/Lg97QoeGniYP1' +
          '7T80pJeQyL3b+295FPHSO2AtvCgyIbKMZ0BALilAA==',
      ],
      ['Wechatpay-Timestamp', '1722850421'],
      ['Wechatpay-Serial', 'PUB_KEY_ID_0000000000000024101100397200000006'],
      ['Wechatpay-Signature-Type', 'WECHATPAY2-SHA256-RSA2048'],
    ],
  } as const;

  test('an answer signed with a WeChat Pay public key', () => {
    const presentation = presentCallback(answer);
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: ['PUB_KEY_ID_0000000000000024101100397200000006'] },
        createdMs: 1_722_850_421_000,
        nonce: 'd824f2e086d3c1df967785d13fcd22ef',
      },
    });
    expect(isProven(presentation, { algorithm: 'rsa-v1_5-sha256', key })).toBe(true);
    const changed = presentCallback({ ...answer, body: answer.body.replace('JyC', 'JyD') });
    expect(isProven(changed, { algorithm: 'rsa-v1_5-sha256', key })).toBe(false);
  });

  test('the text of a GET without body', () => {
    const request = outgoing({
      method: 'GET',
      target: '/v3/refund/domestic/refunds/123123123123',
    });
    const { base } = signWechatpay(request, REQUEST, CONTEXT);
    expect(base.toString()).toBe(`GET\n/v3/refund/domestic/refunds/123123123123\n1554208460\n${NONCE}\n\n`);
  });
});

describe('a request', () => {
  test('is presented with its account, which is not signed', () => {
    const presentation = present(signedRequest());
    expect(presentation).toMatchObject({
      kind: 'presented',
      presented: {
        signer: { kind: 'named', ids: [SERIAL], account: '1900009191' },
        createdMs: NOW_MS,
        nonce: NONCE,
        covered: ['"@method"', '"@request-target"', '"@path"', '"@query"', '"content-digest"'],
      },
    });
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('proves against a signature that was computed apart', () => {
    const text = `POST\n/v3/certificates\n1624523846\nA1B2C3D4E5F6G7\nHello World!\n\n`;
    const signature = sign('sha256', Buffer.from(text), signing.key).toString('base64');
    const value =
      `WECHATPAY2-SHA256-RSA2048 signature="${signature}", serial_no="0123456789abc" ,timestamp="1624523846",` +
      `\tnonce_str="A1B2C3D4E5F6G7",mchid="1234567890"`;
    const presentation = present({
      target: '/v3/certificates',
      body: 'Hello World!\n',
      headers: [['Authorization', value]],
    });
    expect(isProven(presentation, verifying)).toBe(true);
    expect(presentation).toMatchObject({
      presented: { signer: { ids: ['0123456789abc', '0123456789ABC'], account: '1234567890' } },
    });
  });

  test.each<[string, RequestText]>([
    ['no Authorization', {}],
    ['Bearer', { headers: [['Authorization', 'Bearer abc']] }],
    ['nothing in it', { headers: [['Authorization', '']] }],
  ])('is absent with %s', (_, request) => {
    expect(present(request)).toEqual({ kind: 'absent' });
  });

  const good = `mchid="1",nonce_str="n",timestamp="1",serial_no="AB",signature="AAAA"`;
  const prefix = 'WECHATPAY2-SHA256-RSA2048 ';

  test.each([
    ['another algorithm', 'unsupported_algorithm', `WECHATPAY2-SM2-WITH-SM3 ${good}`],
    ['the scheme in lower case', 'unsupported_algorithm', prefix.toLowerCase() + good],
    ['nothing behind the scheme', 'malformed_parameter', 'WECHATPAY2-SHA256-RSA2048'],
    ['a missing parameter', 'malformed_parameter', prefix + good.replace('mchid="1",', '')],
    ['a parameter too many', 'malformed_parameter', `${prefix}${good},x="1"`],
    ['a parameter twice', 'duplicate_parameter', `${prefix}${good},mchid="2"`],
    ['a value without quotes', 'malformed_parameter', prefix + good.replace('"n"', 'n')],
    ['an escaped quote', 'malformed_parameter', prefix + good.replace('"n"', '"n\\""')],
    ['a space before =', 'malformed_parameter', prefix + good.replace('mchid=', 'mchid =')],
    ['a comma at the end', 'malformed_parameter', `${prefix}${good},`],
    ['two commas', 'malformed_parameter', prefix + good.replace(',', ',,')],
    ['no comma', 'malformed_parameter', prefix + good.replace(',', ' ')],
    ['another scheme behind it', 'malformed_parameter', `${prefix}${good}, Bearer x`],
    ['two spaces', 'malformed_parameter', `${prefix} ${good}`],
    ['an mchid of letters', 'malformed_parameter', prefix + good.replace('"1"', '"a"')],
    ['a serial that is none', 'malformed_key_id', prefix + good.replace('AB', '../AB')],
    ['an empty serial', 'malformed_key_id', prefix + good.replace('AB', '')],
    ['a timestamp in words', 'malformed_timestamp', prefix + good.replace('timestamp="1"', 'timestamp="+1"')],
    ['a fraction', 'malformed_timestamp', prefix + good.replace('timestamp="1"', 'timestamp="1.5"')],
    ['no timestamp in it', 'malformed_timestamp', prefix + good.replace('timestamp="1"', 'timestamp=""')],
    ['a long nonce', 'malformed_nonce', prefix + good.replace('"n"', `"${'n'.repeat(129)}"`)],
    ['a nonce with a space', 'malformed_nonce', prefix + good.replace('"n"', '"n n"')],
    ['base64url', 'malformed_signature', prefix + good.replace('AAAA', '-_-_')],
    ['an empty signature', 'malformed_signature', prefix + good.replace('AAAA', '')],
    ['a probe', 'signature_probe', prefix + good.replace('AAAA', 'WECHATPAY/SIGNTEST/x')],
  ])('with %s is refused: %s', (_, reason, value) => {
    expect(present({ headers: [['Authorization', value]] })).toEqual({ kind: 'refused', reason });
  });

  test('with two Authorization headers is refused', () => {
    const { headers, ...rest } = signedRequest();
    const twice = [...headers, ['authorization', 'Bearer x'] as const];
    expect(present({ ...rest, headers: twice })).toEqual({ kind: 'refused', reason: 'repeated_header' });
  });

  test('from merged headers is refused, for it may be two', () => {
    const signed = messageOf(signedRequest(), { isLossy: true });
    expect(wechatpayScheme.present(signed, REQUEST)).toEqual({ kind: 'refused', reason: 'unclean_header' });
  });

  test.each([
    ['a file', 'insufficient_coverage', [['Content-Type', 'Multipart/form-data; boundary=x']] as const],
    [
      'two content types',
      'repeated_header',
      [
        ['Content-Type', 'a/b'],
        ['content-type', 'multipart/mixed'],
      ] as const,
    ],
  ])('with %s is refused: %s', (_, reason, headers) => {
    expect(present(signedRequest({ headers }))).toEqual({ kind: 'refused', reason });
  });

  test.each(['/a b', '/\u00e9', 'https://x/y', '*', ''])('with the target %j is refused', (target) => {
    const signed = { ...signedRequest(), target };
    expect(present(signed)).toEqual({ kind: 'refused', reason: 'malformed_target' });
  });

  test('that is changed anywhere in what is covered is not proven', () => {
    const signed = signedRequest();
    fc.assert(
      fc.property(fc.constantFrom('method', 'target', 'body'), fc.nat(), (part, at) => {
        const text = Buffer.from(signed[part]);
        const index = at % text.length;
        text[index] = (text[index] ?? 0) ^ 1;
        const changed = { ...signed, [part]: part === 'body' ? text : text.toString('latin1') };
        expect(isProven(present(changed), verifying)).toBe(false);
      }),
    );
  });

  test('whose Authorization is changed anywhere is not proven, but for the account, or is of the same meaning', () => {
    const signed = signedRequest();
    const [, value] = signed.headers.find(([name]) => name === 'Authorization') ?? ['', ''];
    fc.assert(
      fc.property(fc.nat({ max: value.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, bits) => {
        const bytes = Buffer.from(value);
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        const presentation = present({ ...signed, headers: [['Authorization', bytes]] });
        if (!isProven(presentation, verifying) || presentation.kind !== 'presented') return;
        const { signer } = presentation.presented;
        // The account and the id of the key are what the pipeline compares and looks up.
        expect(signer).not.toEqual({ kind: 'named', ids: [SERIAL], account: '1900009191' });
      }),
    );
  });
});

describe('a callback', () => {
  test('is presented', () => {
    const presentation = presentCallback(signedCallback());
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [SERIAL] },
        covered: ['"wechatpay-timestamp"', '"wechatpay-nonce"', '"content-digest"'],
      },
    });
    expect(isProven(presentation, verifying)).toBe(true);
    expect(MAX_AGE_MS).toBeLessThan(300_000);
  });

  const replaced = (name: string, value: string) => {
    const signed = signedCallback();
    const headers = signed.headers.map((line) => (line[0] === name ? ([name, value] as const) : line));
    return { ...signed, headers };
  };

  test.each([
    ['Wechatpay-Signature', 'WECHATPAY/SIGNTEST/abc+/==', 'signature_probe'],
    ['Wechatpay-Signature', 'a b=', 'malformed_signature'],
    ['Wechatpay-Signature-Type', 'WECHATPAY2-SM2-WITH-SM3', 'unsupported_algorithm'],
    ['Wechatpay-Signature-Type', '', 'unsupported_algorithm'],
    ['Wechatpay-Timestamp', '', 'malformed_timestamp'],
    ['Wechatpay-Timestamp', '1554208460000', 'malformed_timestamp'],
    ['Wechatpay-Nonce', 'a\nb', 'malformed_nonce'],
    ['Wechatpay-Serial', 'PUB_KEY_ID_', 'malformed_key_id'],
    ['Wechatpay-Serial', '__proto__', 'malformed_key_id'],
  ])('with %s: %j is refused: %s', (name, value, reason) => {
    expect(presentCallback(replaced(name, value))).toEqual({ kind: 'refused', reason });
  });

  test.each(['Timestamp', 'Nonce', 'Signature', 'Serial'])(
    'without %s is absent, with two refused',
    (part) => {
      const signed = signedCallback();
      const name = `Wechatpay-${part}`;
      const headers = signed.headers.filter((line) => line[0] !== name);
      expect(presentCallback({ ...signed, headers })).toEqual({ kind: 'absent' });
      const twice = [...signed.headers, [name.toLowerCase(), '1'] as const];
      expect(presentCallback({ ...signed, headers: twice })).toEqual({
        kind: 'refused',
        reason: 'repeated_header',
      });
    },
  );

  test('needs no signature type', () => {
    const signed = signedCallback();
    const headers = signed.headers.filter(([name]) => name !== 'Wechatpay-Signature-Type');
    expect(isProven(presentCallback({ ...signed, headers }), verifying)).toBe(true);
  });

  test('cannot move a line from one part to another', () => {
    const signed = signedCallback('1\n2');
    const moved = signed.headers.map(([name, value]) =>
      name === 'Wechatpay-Nonce' ? ([name, `${value.toString()}\n1`] as const) : ([name, value] as const),
    );
    expect(presentCallback({ ...signed, body: '2', headers: moved })).toMatchObject({ kind: 'refused' });
  });
});

describe('any message', () => {
  test('that is signed is proven', () => {
    const path = fc.stringMatching(/^\/[!-~]{0,20}$/);
    const message = fc.constantFrom('request' as const, 'callback' as const);
    fc.assert(
      fc.property(path, fc.uint8Array(), message, (target, body, kind) => {
        const request = outgoing({ target, body });
        const profile = { scheme: 'wechatpay', message: kind } as const;
        const signed = withSignature(request, signWechatpay(request, profile, CONTEXT));
        expect(isProven(wechatpayScheme.present(messageOf(signed), profile), verifying)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('however odd throws nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `WECHATPAY2-SHA256-RSA2048 ${rest}`),
    );
    fc.assert(
      fc.property(text, text, text, (one, two, body) => {
        const headers = [
          ['authorization', one],
          ['wechatpay-serial', one],
          ['wechatpay-nonce', two],
          ['wechatpay-timestamp', '1'],
          ['wechatpay-signature', two],
          ['content-type', two],
        ] as const;
        for (const profile of [REQUEST, CALLBACK]) {
          const presentation = wechatpayScheme.present(messageOf({ target: two, headers, body }), profile);
          expect(isProven(presentation, verifying)).toBe(false);
        }
      }),
    );
  });
});
