import { createPublicKey, sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { encodeForm, type FormField } from '../form/index.ts';
import type { Presentation } from '../scheme.ts';
import {
  isProven,
  messageOf,
  outgoing,
  type RequestText,
  rsaKeyPair,
  withSignature,
} from '../testing/signed-message.ts';
import { alipayScheme, signAlipay } from './index.ts';

const FORM = ['Content-Type', 'application/x-www-form-urlencoded;charset=utf-8'] as const;
const APP_ID = '2021000122671080';
const CERT_SN = '866efef280dec9137a87d047ac446315';
const NOW_MS = Date.UTC(2026, 0, 1);
const { signing, verifying } = rsaKeyPair(APP_ID);
const context = (nonce = 'nonce-1') => ({ key: signing, nowMs: NOW_MS, nonce });
const withCertificate = { key: { ...signing, id: CERT_SN, account: APP_ID }, nowMs: NOW_MS, nonce: 'n' };

type Kind = 'request' | 'notification';
const presentAs = (kind: Kind | 'v3', request: RequestText): Presentation =>
  alipayScheme.present(messageOf(request), { scheme: 'alipay', message: kind });
const post = (fields: readonly FormField[]): RequestText => ({ headers: [FORM], body: encodeForm(fields) });

/** Signs as the documents say, apart from the code under test. */
function signedByHand(fields: Readonly<Record<string, string>>, kind: Kind): FormField[] {
  const leftOut = kind === 'request' ? ['sign'] : ['sign', 'sign_type'];
  const names = Object.keys(fields).filter((name) => !leftOut.includes(name) && fields[name] !== '');
  const text = names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
  const signature = sign('sha256', Buffer.from(text), signing.key).toString('base64');
  return [...Object.entries(fields), ['sign', signature]];
}

const REQUEST = {
  app_id: APP_ID,
  method: 'alipay.trade.pay',
  charset: 'utf-8',
  sign_type: 'RSA2',
  timestamp: '2026-01-01 08:00:00',
  version: '1.0',
  notify_url: 'https://shop.example/notify?shop=1&order=20&t=3',
  biz_content: '{"subject":"语雀 50% + A&B","quit_url":"https://x/?a=1&bz=2","total_amount":"88.88"}',
};
const NOTIFICATION = {
  app_id: APP_ID,
  charset: 'utf-8',
  sign_type: 'RSA2',
  notify_time: '2026-01-01 08:00:00',
  subject: 'A & B=C',
  total_amount: '88.88',
  fund_bill_list: '[{"amount":"88.88","fundChannel":"X"}]',
};

describe('a notification of the provider', () => {
  // A real one, from the tests of the provider's SDK for Node, with the key that signed it.
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjOPIPHR5knm2jnnz/YGIXI
ofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AUokBzJrzY+aGX2xcOrxFYRlFilvVLTXg4LWjR1tdP
kO6+i7wQZAIVMClPkwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1LeaN+6BlbTqHWkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHHHCaQdjtV5/Fd
cWIt+L8SR1ss7EXTjYDFtxcKVv9rEoY1lX8T4mX+GbXfZHraG5NCF1+XioL5JwIDAQAB
-----END PUBLIC KEY-----`);
  const fields = {
    gmt_create: '2019-08-15 15:56:22',
    charset: 'utf-8',
    seller_email: 'z97-yuquerevenue@service.aliyun.com',
    subject: '语雀空间 500人规模',
    sign:
      'QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyyh0LEWdK2S6Ri7nPwrVgOs08' +
      'zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjWXd0HIul4TG+Q3fm3svmSvFEy0WnzuhcyHPX5Gm4ELNctL6' +
      'Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11C9CsadtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P0y095uQcDdK0YjCh4x7wV' +
      'Sov+lrmOQ==',
    buyer_id: '2088102534368455',
    invoice_amount: '0.10',
    notify_id: '2019081500222155624068450559358070',
    fund_bill_list: '[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]',
    notify_type: 'trade_status_sync',
    trade_status: 'TRADE_SUCCESS',
    receipt_amount: '0.10',
    buyer_pay_amount: '0.10',
    sign_type: 'RSA2',
    app_id: '2019073166072302',
    seller_id: '2088531891668739',
    gmt_payment: '2019-08-15 15:56:24',
    notify_time: '2019-08-15 15:56:25',
    version: '1.0',
    out_trade_no: '20190815155618536-564-57',
    total_amount: '0.10',
    trade_no: '2019081522001468450512505578',
    auth_app_id: '2019073166072302',
    buyer_logon_id: 'xud***@126.com',
    point_amount: '0.00',
  };

  test('is proven, and not with another amount', () => {
    const presentation = presentAs('notification', post(Object.entries(fields)));
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: ['2019073166072302'] },
        createdMs: Date.UTC(2019, 7, 15, 7, 56, 25),
      },
    });
    expect(isProven(presentation, { algorithm: 'rsa-v1_5-sha256', key })).toBe(true);
    const changed = presentAs('notification', post(Object.entries({ ...fields, total_amount: '9.10' })));
    expect(isProven(changed, { algorithm: 'rsa-v1_5-sha256', key })).toBe(false);
  });
});

describe('a request', () => {
  const fields = signedByHand(REQUEST, 'request');

  test.each<[string, RequestText]>([
    ['in the body', post(fields)],
    ['in the query', { method: 'GET', target: `/gateway.do?${encodeForm(fields)}` }],
    ['in both', { ...post(fields.slice(4)), target: `/gateway.do?${encodeForm(fields.slice(0, 4))}` }],
    ['with a charset in both, in another case', { ...post(fields), target: '/gateway.do?charset=UTF-8' }],
    ['with a charset in both', { ...post(fields), target: '/gateway.do?charset=utf-8' }],
    ['with a field without value', post([...fields, ['app_auth_token', '']])],
    ['with spaces as plus', { headers: [FORM], body: encodeForm(fields).replaceAll('%20', '+') }],
    ['in another order', post(fields.toReversed())],
  ])('%s is proven', (_, request) => {
    const presentation = presentAs('request', request);
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [APP_ID] },
        createdMs: NOW_MS,
        covered: ['"@query"', '"content-digest"'],
      },
    });
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('with a certificate claims its app_id, which the key must be of', () => {
    const request = post(signedByHand({ ...REQUEST, app_cert_sn: CERT_SN }, 'request'));
    expect(presentAs('request', request)).toMatchObject({
      presented: { signer: { kind: 'named', ids: [CERT_SN, APP_ID], account: APP_ID } },
    });
  });

  test('has no nonce', () => {
    expect(presentAs('request', post(fields))).not.toHaveProperty('presented.nonce');
  });

  test.each<[string, RequestText]>([
    ['nothing', {}],
    ['no sign', post(fields.slice(0, -1))],
    ['JSON and no sign', { headers: [['Content-Type', 'application/json']], body: '{}' }],
  ])('with %s is absent', (_, request) => {
    expect(presentAs('request', request)).toEqual({ kind: 'absent' });
  });

  const withField = (name: string, value: string | undefined) => {
    const others = Object.entries(REQUEST).filter(([other]) => other !== name);
    return post(
      signedByHand(Object.fromEntries(value === undefined ? others : [...others, [name, value]]), 'request'),
    );
  };

  test.each<[string, string, RequestText]>([
    ['sign_type RSA', 'unsupported_algorithm', withField('sign_type', 'RSA')],
    ['sign_type rsa2', 'unsupported_algorithm', withField('sign_type', 'rsa2')],
    ['no sign_type', 'malformed_parameter', withField('sign_type', undefined)],
    ['an empty sign_type', 'malformed_parameter', withField('sign_type', '')],
    ['charset GBK', 'malformed_parameter', withField('charset', 'GBK')],
    ['no charset', 'malformed_parameter', withField('charset', undefined)],
    ['no app_id', 'malformed_key_id', withField('app_id', undefined)],
    ['an odd app_id', 'malformed_key_id', withField('app_id', '../1')],
    ['a time of another form', 'malformed_timestamp', withField('timestamp', '2026-01-01T08:00:00')],
    ['a day that is none', 'malformed_timestamp', withField('timestamp', '2026-02-30 08:00:00')],
    ['an empty sign', 'malformed_signature', post([...Object.entries(REQUEST), ['sign', '']])],
    ['spaces for plus in sign', 'malformed_signature', post([...Object.entries(REQUEST), ['sign', 'a b=']])],
    ['base64url', 'malformed_signature', post([...Object.entries(REQUEST), ['sign', '-_-_']])],
    [
      'a field twice',
      'duplicate_parameter',
      { ...post(fields), body: `${encodeForm(fields)}&biz_content=%7B%7D` },
    ],
    ['a field in query and body', 'duplicate_parameter', { ...post(fields), target: `/?app_id=${APP_ID}` }],
    ['another charset in the query', 'duplicate_parameter', { ...post(fields), target: '/?charset=GBK' }],
    ['a field twice in the query', 'duplicate_parameter', { method: 'GET', target: '/?a=1&a=1' }],
    ['a list', 'malformed_body', { ...post(fields), body: `${encodeForm(fields)}&a%5B%5D=1` }],
    ['a list in the query', 'malformed_target', { ...post(fields), target: '/?a[]=1' }],
    ['bytes of GBK', 'malformed_body', { ...post(fields), body: `${encodeForm(fields)}&b=%D3%EF` }],
    [
      'a form in GBK',
      'malformed_body',
      { ...post(fields), headers: [['Content-Type', `${FORM[1].slice(0, -5)}gbk`]] },
    ],
    [
      'JSON beside a sign',
      'malformed_body',
      { headers: [['Content-Type', 'application/json']], body: '{}', target: `/?${encodeForm(fields)}` },
    ],
    ['a body of no type beside a sign', 'malformed_body', { body: '{}', target: `/?${encodeForm(fields)}` }],
    [
      'a file beside a sign',
      'insufficient_coverage',
      {
        headers: [['Content-Type', 'multipart/form-data; boundary=x']],
        body: '--x',
        target: `/?${encodeForm(fields)}`,
      },
    ],
    ['PUT', 'malformed_target', { ...post(fields), method: 'PUT' }],
    ['a target that is no path', 'malformed_target', { ...post(fields), target: 'https://x/' }],
    ['two content types', 'repeated_header', { ...post(fields), headers: [FORM, FORM] }],
  ])('with %s is refused: %s', (_, reason, request) => {
    expect(presentAs('request', request)).toEqual({ kind: 'refused', reason });
  });

  const moved = (change: Readonly<Record<string, string | undefined>>): FormField[] => {
    const all = { ...Object.fromEntries(fields), ...change };
    return Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined);
  };

  // Each of these has the very text that was signed.
  test.each<[string, FormField[]]>([
    [
      'charset and more into biz_content',
      moved({ biz_content: `${REQUEST.biz_content}&charset=utf-8`, charset: undefined }),
    ],
    [
      'part of biz_content out of it',
      moved({
        biz_content: '{"subject":"语雀 50% + A&B","quit_url":"https://x/?a=1',
        bz: '2","total_amount":"88.88"}',
      }),
    ],
    [
      'the query of a URL into a field',
      moved({ notify_url: 'https://shop.example/notify?shop=1', order: '20&t=3' }),
    ],
    [
      'a field into a URL',
      moved({ notify_url: `${REQUEST.notify_url}&sign_type=RSA2`, sign_type: undefined }),
    ],
    [
      'the version into the time',
      moved({ timestamp: `${REQUEST.timestamp}&version=1.0`, version: undefined }),
    ],
    ['the method into the charset', moved({ charset: 'utf-8&method=alipay.trade.pay', method: undefined })],
  ])('with content moved is refused: %s', (_, list) => {
    expect(plainText(list)).toBe(plainText(fields));
    expect(presentAs('request', post(list))).toMatchObject({ kind: 'refused' });
  });
});

describe('a notification', () => {
  const fields = signedByHand(NOTIFICATION, 'notification');

  test.each<[string, FormField[]]>([
    ['as sent', fields],
    ['without sign_type', fields.filter(([name]) => name !== 'sign_type')],
  ])('%s is proven', (_, list) => {
    const presentation = presentAs('notification', post(list));
    expect(presentation).toMatchObject({
      presented: { signer: { ids: [APP_ID] }, covered: ['"content-digest"'] },
    });
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('is read with the content type that Alipay sends', () => {
    const type = 'application/x-www-form-urlencoded; text/html; charset=utf-8';
    const request = { ...post(fields), headers: [['Content-Type', type]] as const };
    expect(isProven(presentAs('notification', request), verifying)).toBe(true);
  });

  test('is decoded once', () => {
    const list = signedByHand({ ...NOTIFICATION, passback_params: 'a%3D1%26b%3D%2541' }, 'notification');
    expect(isProven(presentAs('notification', post(list)), verifying)).toBe(true);
    const twice = list.map(
      ([name, value]): FormField => [name, name === 'passback_params' ? 'a=1&b=%41' : value],
    );
    expect(isProven(presentAs('notification', post(twice)), verifying)).toBe(false);
  });

  test('names the certificate of Alipay and no account', () => {
    const list = signedByHand({ ...NOTIFICATION, alipay_cert_sn: CERT_SN }, 'notification');
    const presentation = presentAs('notification', post(list));
    expect(presentation).toMatchObject({ presented: { signer: { kind: 'named', ids: [CERT_SN, APP_ID] } } });
    expect(presentation).not.toHaveProperty('presented.signer.account');
  });

  test.each<[string, string, RequestText]>([
    [
      'sign_type RSA',
      'unsupported_algorithm',
      post([...fields.filter(([name]) => name !== 'sign_type'), ['sign_type', 'RSA']]),
    ],
    [
      'charset GBK',
      'malformed_parameter',
      post(signedByHand({ ...NOTIFICATION, charset: 'GBK' }, 'notification')),
    ],
    ['no key named', 'malformed_key_id', post(signedByHand({ ...NOTIFICATION, app_id: '' }, 'notification'))],
    ['GET', 'malformed_target', { ...post(fields), method: 'GET' }],
    [
      'a field twice',
      'duplicate_parameter',
      { ...post(fields), body: `${encodeForm(fields)}&total_amount=1` },
    ],
    [
      'a value that reads like a field',
      'ambiguous_signature',
      post(signedByHand({ ...NOTIFICATION, subject: 'x&total_amount=1' }, 'notification')),
    ],
  ])('with %s is refused: %s', (_, reason, request) => {
    expect(presentAs('notification', request)).toEqual({ kind: 'refused', reason });
  });

  test('as JSON is absent', () => {
    const request = { headers: [['Content-Type', 'application/json']] as const, body: '{"sign":"a"}' };
    expect(presentAs('notification', request)).toEqual({ kind: 'absent' });
  });
});

/** The joined text, whatever it could be read as. */
function plainText(fields: readonly FormField[]): string {
  const sorted = fields.filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map((field) => field.join('=')).join('&');
}

describe('any form', () => {
  const name = fc.stringMatching(/^[a-z][a-z_]{0,6}$/);
  const value = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('&', '+'));
  const list = fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each, maxLength: 6 });
  const kind = fc.constantFrom('request' as const, 'notification' as const);
  const method = fc.constantFrom('GET', 'POST');

  test('that is signed is proven', () => {
    fc.assert(
      fc.property(list, kind, method, fc.boolean(), (fields, message, verb, isCertificate) => {
        const isQuery = verb === 'GET' && message === 'request';
        const form = encodeForm(fields);
        const request = outgoing(
          isQuery
            ? { method: verb, target: `/gateway.do?${form}`.replace(/\?$/, '') }
            : { headers: [FORM], body: form },
        );
        const signed = signAlipay(
          request,
          { scheme: 'alipay', message },
          isCertificate ? withCertificate : context(),
        );
        const presentation = presentAs(message, withSignature(request, signed));
        expect(isProven(presentation, verifying)).toBe(true);
        expect(presentation).toMatchObject({
          presented: {
            createdMs: NOW_MS,
            signer: { ids: expect.arrayContaining([isCertificate ? CERT_SN : APP_ID]) },
          },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('that differs in a value is not proven', () => {
    for (const message of ['request', 'notification'] as const) {
      const fields = signedByHand(message === 'request' ? REQUEST : NOTIFICATION, message);
      const body = encodeForm(fields);
      fc.assert(
        fc.property(fc.nat({ max: body.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, bits) => {
          const bytes = Buffer.from(body);
          bytes[at] = (bytes[at] ?? 0) ^ bits;
          const presentation = presentAs(message, { headers: [FORM], body: bytes });
          // Only an escape that is written otherwise may pass.
          if (isProven(presentation, verifying)) {
            expect(isSameForm(bytes.toString('latin1'), fields, message)).toBe(true);
          }
        }),
      );
    }
  });

  test('however odd throws nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `sign=AAAA&app_id=1&${rest}`),
    );
    fc.assert(
      fc.property(text, text, text, kind, (target, body, type, message) => {
        for (const contentType of [type, FORM[1]]) {
          const request = { target: `/?${target}`, body, headers: [['content-type', contentType]] as const };
          expect(isProven(presentAs(message, request), verifying)).toBe(false);
        }
      }),
    );
  });
});

/** The same fields, but for how they are escaped. */
function isSameForm(body: string, fields: readonly FormField[], message: Kind): boolean {
  const optional = message === 'notification' ? ['sign_type'] : [];
  const read = new URLSearchParams(body);
  return (
    fields.every(
      ([each, value]) => read.get(each) === value || (optional.includes(each) && !read.has(each)),
    ) && [...read.keys()].every((each) => fields.some(([other]) => other === each) || read.get(each) === '')
  );
}

describe('signAlipay', () => {
  test.each<[string, Kind, RequestText, RegExp]>([
    ['another app_id', 'request', post([['app_id', '1']]), /another app_id/],
    ['a value like a field', 'request', post([['a', 'x&b=1']]), /reads like a further field/],
    ['a signed form', 'notification', post([['sign', 'x']]), /signed already/],
    ['no form', 'request', { body: '{}' }, /syntax/],
  ])('throws on %s', (_, message, request, text) => {
    expect(() => signAlipay(outgoing(request), { scheme: 'alipay', message }, context())).toThrow(text);
  });
});
