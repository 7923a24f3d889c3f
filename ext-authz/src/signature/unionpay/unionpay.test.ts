import { createHash, sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { encodeForm, type FormField } from '../form/index.ts';
import {
  isProven,
  messageOf,
  outgoing,
  type RequestText,
  rsaKeyPair,
  withSignature,
} from '../testing/signed-message.ts';
import { TEST_CERTIFICATE as PEM } from '../testing/test-certificate.ts';
import { signUnionpay, unionpayScheme } from './index.ts';

const PROFILE = { scheme: 'unionpay' } as const;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8'] as const;
const CERT_ID = '68759585097';
const NOW_MS = Date.UTC(2026, 0, 1);
const { signing, verifying } = rsaKeyPair(CERT_ID);
const CONTEXT = { key: signing, nowMs: NOW_MS, nonce: 'unused' };

const present = (request: RequestText) => unionpayScheme.present(messageOf(request), PROFILE);
const post = (fields: readonly FormField[]): RequestText => ({ headers: [FORM], body: encodeForm(fields) });

/** Signs as the documents say, apart from the code under test. */
function byHand(fields: Readonly<Record<string, string>>): FormField[] {
  const names = Object.keys(fields).filter((name) => name !== 'signature' && fields[name] !== '');
  const text = names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    ...Object.entries(fields),
    ['signature', sign('sha256', Buffer.from(hex), signing.key).toString('base64')],
  ];
}

const ORDER = {
  version: '5.1.0',
  encoding: 'UTF-8',
  signMethod: '01',
  txnType: '01',
  txnSubType: '01',
  bizType: '000201',
  channelType: '07',
  accessType: '0',
  currencyCode: '156',
  merId: '777290058110048',
  orderId: '20260101080000',
  txnTime: '20260101080000',
  txnAmt: '1000',
  certId: CERT_ID,
  backUrl: 'https://shop.example/back?shop=1&bag=2',
  frontUrl: 'https://shop.example/front',
  riskRateInfo: '{commodityName=测试商品&shippingFlag=01}',
};

describe('a form', () => {
  const fields = byHand(ORDER);

  test.each<[string, RequestText]>([
    ['as posted', post(fields)],
    ['in another order', post(fields.toReversed())],
    ['with fields without value', post([...fields, ['reqReserved', '']])],
    ['with encoding in lower case', post(byHand({ ...ORDER, encoding: 'utf-8' }))],
  ])('%s is proven', (_, request) => {
    const presentation = present(request);
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [CERT_ID] },
        createdMs: NOW_MS,
        covered: ['"content-digest"'],
      },
    });
    expect(presentation).not.toHaveProperty('presented.nonce');
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('is not proven by a signature over the text itself', () => {
    const text = Object.entries(ORDER)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&');
    const once = sign('sha256', Buffer.from(text), signing.key).toString('base64');
    expect(isProven(present(post([...Object.entries(ORDER), ['signature', once]])), verifying)).toBe(false);
  });

  test('of the provider names its key by the certificate it brings, which is not believed', () => {
    const { certId: _, ...rest } = ORDER;
    const presentation = present(post(byHand({ ...rest, signPubKeyCert: PEM.replaceAll('\n', '\r\n') })));
    expect(presentation).toMatchObject({ presented: { signer: { ids: ['15550465321652639489'] } } });
    // Signed with the key of the set, not with that of the certificate.
    expect(isProven(presentation, verifying)).toBe(true);
  });

  const withField = (name: string, value: string | undefined): RequestText => {
    const others = Object.entries(ORDER).filter(([other]) => other !== name);
    return post(byHand(Object.fromEntries(value === undefined ? others : [...others, [name, value]])));
  };

  test.each<[string, string, RequestText]>([
    ['version 5.0.0', 'unsupported_algorithm', withField('version', '5.0.0')],
    ['no version', 'unsupported_algorithm', withField('version', undefined)],
    ['signMethod 11', 'unsupported_algorithm', withField('signMethod', '11')],
    ['no signMethod', 'unsupported_algorithm', withField('signMethod', '')],
    ['encoding GBK', 'malformed_parameter', withField('encoding', 'GBK')],
    ['no encoding', 'malformed_parameter', withField('encoding', undefined)],
    ['no certId', 'malformed_key_id', withField('certId', undefined)],
    ['a certId in hex', 'malformed_key_id', withField('certId', '1002AF')],
    ['a time of another form', 'malformed_timestamp', withField('txnTime', '2026-01-01 08:00:00')],
    ['a month that is none', 'malformed_timestamp', withField('txnTime', '20261301080000')],
    ['an empty signature', 'malformed_signature', post([...Object.entries(ORDER), ['signature', '']])],
    ['spaces for plus', 'malformed_signature', post([...Object.entries(ORDER), ['signature', 'AA AA+==']])],
    ['a field twice', 'duplicate_parameter', { ...post(fields), body: `${encodeForm(fields)}&txnAmt=1` }],
    ['a list', 'malformed_body', { ...post(fields), body: `${encodeForm(fields)}&txnAmt[]=1` }],
    ['bytes of GBK', 'malformed_body', { ...post(fields), body: `${encodeForm(fields)}&b=%D3%EF` }],
    ['GET', 'malformed_target', { ...post(fields), method: 'GET' }],
    [
      'a certificate that is none',
      'malformed_key_id',
      post(byHand({ ...ORDER, certId: '', signPubKeyCert: 'x' })),
    ],
    [
      'a huge certificate',
      'malformed_key_id',
      post(byHand({ ...ORDER, certId: '', signPubKeyCert: PEM.repeat(9) })),
    ],
  ])('with %s is refused: %s', (_, reason, request) => {
    expect(present(request)).toEqual({ kind: 'refused', reason });
  });

  test.each<[string, RequestText]>([
    ['no body', {}],
    ['no signature', post(Object.entries(ORDER))],
    ['JSON', { headers: [['Content-Type', 'application/json']], body: '{"signature":"x"}' }],
  ])('with %s is absent', (_, request) => {
    expect(present(request)).toEqual({ kind: 'absent' });
  });

  const moved = (change: Readonly<Record<string, string | undefined>>): FormField[] => {
    const all = { ...Object.fromEntries(fields), ...change };
    return Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined);
  };

  // Each of these has the very text that was signed.
  test.each<[string, FormField[]]>([
    ['a field out of a nested one', moved({ riskRateInfo: '{commodityName=测试商品', shippingFlag: '01}' })],
    ['the amount into the order', moved({ signMethod: '01&txnAmt=1000', txnAmt: undefined })],
    [
      'the order into the merchant',
      moved({ merId: `${ORDER.merId}&orderId=${ORDER.orderId}`, orderId: undefined }),
    ],
    ['a part out of a URL', moved({ backUrl: 'https://shop.example/back?shop=1', bag: '2' })],
    ['a field into a URL', moved({ frontUrl: `${ORDER.frontUrl}&merId=${ORDER.merId}`, merId: undefined })],
  ])('with content moved is refused: %s', (_, list) => {
    expect(plainText(list)).toBe(plainText(fields));
    expect(present(post(list))).toMatchObject({ kind: 'refused' });
  });
});

/** The joined text, whatever it could be read as. */
function plainText(fields: readonly FormField[]): string {
  const sorted = fields.filter(([name]) => name !== 'signature').sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map((field) => field.join('=')).join('&');
}

describe('any form', () => {
  test('that is signed is proven', () => {
    const name = fc.stringMatching(/^[a-z][A-Za-z]{0,6}$/);
    const value = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('&', '+'));
    const list = fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each, maxLength: 6 });
    fc.assert(
      fc.property(list, (fields) => {
        const request = outgoing(post(fields));
        const presentation = present(withSignature(request, signUnionpay(request, PROFILE, CONTEXT)));
        expect(isProven(presentation, verifying)).toBe(true);
        expect(presentation).toMatchObject({ presented: { createdMs: NOW_MS } });
      }),
      { numRuns: 30 },
    );
  });

  test('that differs in a byte of a value is not proven', () => {
    const fields = byHand(ORDER);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(ORDER)), fc.nat(), (name, at) => {
        const changed = fields.map(([other, value]): FormField => {
          if (other !== name) return [other, value];
          const index = at % value.length;
          const letter = value[index] === 'x' ? 'y' : 'x';
          return [other, value.slice(0, index) + letter + value.slice(index + 1)];
        });
        expect(isProven(present(post(changed)), verifying)).toBe(false);
      }),
    );
  });

  test('however odd throws nothing', () => {
    const head = 'signature=AAAA&version=5.1.0&signMethod=01&encoding=UTF-8';
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `${head}&signPubKeyCert=${encodeURIComponent(rest)}`),
      fc.string().map((rest) => `${head}&certId=1&${rest}`),
    );
    fc.assert(
      fc.property(text, (body) => {
        expect(isProven(present({ headers: [FORM], body }), verifying)).toBe(false);
      }),
    );
  });
});

describe('signUnionpay', () => {
  test('adds no certId to a form with a certificate', () => {
    const signed = signUnionpay(outgoing(post([['signPubKeyCert', PEM]])), PROFILE, CONTEXT);
    expect(Buffer.from(signed.body ?? '').toString()).not.toContain('certId');
  });

  test.each<[string, RequestText, RegExp]>([
    ['another certId', post([['certId', '1']]), /another certId/],
    ['a value like a field', post([['a', 'x&b=1']]), /reads like a further field/],
    ['a signed form', post([['signature', 'x']]), /signed already/],
    ['no form', { body: '{}' }, /syntax/],
  ])('throws on %s', (_, request, text) => {
    expect(() => signUnionpay(outgoing(request), PROFILE, CONTEXT)).toThrow(text);
  });
});
