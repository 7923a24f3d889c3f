import { sign } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { rsaKeyPair } from '../testing/signed-message.ts';
import { checkResponse, checkV3Response, responseText } from './index.ts';

const METHOD = 'alipay.trade.query';
const { signing, verifying } = rsaKeyPair('alipay');
const signatureOf = (text: string) => sign('sha256', Buffer.from(text), signing.key).toString('base64');

describe('responseText', () => {
  test.each([
    ['alone', '{"alipay_trade_query_response":{"code":"10000"},"sign":"x"}', '{"code":"10000"}'],
    [
      'with spaces, escapes and braces in strings',
      ' {"sign" : "x" , "alipay_trade_query_response" : { "a\\"}" : ["}", {"b":"\\\\"}], "c":1e3 } , "n":null}\n',
      '{ "a\\"}" : ["}", {"b":"\\\\"}], "c":1e3 }',
    ],
    [
      'with its name in a value before it',
      '{"a":"\\"alipay_trade_query_response\\":{}","alipay_trade_query_response":{"sign":"y"},"sign":"x"}',
      '{"sign":"y"}',
    ],
    ['of an error', '{"error_response":{"code":"40002"},"sign":"x"}', '{"code":"40002"}'],
  ])('is the part as it is written: %s', (_, raw, text) => {
    expect(responseText(raw, METHOD)).toEqual({ kind: 'text', text, sign: 'x', certSn: undefined });
  });

  test('gives the serial of the certificate', () => {
    const raw = '{"alipay_trade_query_response":{},"alipay_cert_sn":"abc","sign":"x"}';
    expect(responseText(raw, METHOD)).toMatchObject({ certSn: 'abc' });
  });

  test.each([
    ['', 'one JSON object'],
    ['[]', 'one JSON object'],
    ['null', 'one JSON object'],
    ['{"sign":"x"}', 'no part'],
    ['{"alipay_trade_query_response":{},"sign":"x"', 'one JSON object'],
    ['{"alipay_trade_query_response":{},"sign":"x"}{}', 'one JSON object'],
    ['{"alipay_trade_query_response":{},"alipay_trade_query_response":{},"sign":"x"}', 'each name once'],
    ['{"alipay_trade_query_response":{},"sign":"x","\\u0073ign":"y"}', 'each name once'],
    ['{"alipay_trade_query_response":{},"error_response":{},"sign":"x"}', 'both'],
    ['{"alipay_trade_query_response":"c2VjcmV0","sign":"x"}', 'encrypted'],
    ['{"alipay_trade_query_response":{}}', 'not signed'],
    ['{"alipay_trade_query_response":{},"sign":7}', 'not signed'],
    ['{"alipay_trade_pay_response":{},"sign":"x"}', 'no part'],
  ])('refuses %j: %s', (raw, problem) => {
    expect(responseText(raw, METHOD)).toEqual({
      kind: 'malformed',
      problem: expect.stringContaining(problem),
    });
  });

  test('finds the part in any object and never throws', () => {
    const name = fc.string().filter((text) => text !== 'error_response' && text !== '__proto__');
    const others = fc.dictionary(name, fc.jsonValue());
    fc.assert(
      fc.property(others, fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (rest, part, spaces) => {
        const object = { ...rest, alipay_trade_query_response: part, sign: 'x' };
        const raw = JSON.stringify(object, undefined, spaces);
        const found = responseText(raw, METHOD);
        expect(found).toMatchObject({ kind: 'text', sign: 'x' });
        if (found.kind === 'text') {
          expect(raw).toContain(found.text);
          expect(JSON.stringify(JSON.parse(found.text))).toBe(JSON.stringify(part));
        }
      }),
    );
    fc.assert(fc.property(fc.string(), (raw) => void responseText(raw, METHOD)));
  });
});

describe('checkResponse', () => {
  const text = '{"code":"10000","total_amount":"88.88"}';
  const raw = `{"alipay_trade_query_response":${text},"sign":"${signatureOf(text)}"}`;

  test('gives the text that was signed', () => {
    expect(checkResponse(raw, METHOD, verifying)).toEqual({ kind: 'verified', text });
  });

  test.each([
    ['another amount', raw.replace('88.88', '88.89')],
    ['a space more', raw.replace('"code":', '"code": ')],
    ['an odd signature', raw.replace('"sign":"', '"sign":" ')],
    ['no signature', `{"alipay_trade_query_response":${text}}`],
  ])('refuses %s', (_, changed) => {
    expect(checkResponse(changed, METHOD, verifying)).toMatchObject({ kind: 'refused' });
  });
});

describe('checkV3Response', () => {
  const body = '{"code":"10000"}';
  const answer = {
    timestamp: '1767225600123',
    nonce: 'n1',
    signature: signatureOf(`1767225600123\nn1\n${body}\n`),
    body: Buffer.from(body),
  };

  test('gives the text that was signed', () => {
    expect(checkV3Response(answer, verifying)).toEqual({ kind: 'verified', text: body });
  });

  test.each([
    ['another time', { timestamp: '1767225600124' }],
    ['another nonce', { nonce: 'n2' }],
    ['another body', { body: Buffer.from('{}') }],
    ['a line moved', { nonce: `n1\n${body}`, body: Buffer.alloc(0) }],
    ['another signature', { signature: 'AAAA' }],
  ])('refuses %s', (_, change) => {
    expect(checkV3Response({ ...answer, ...change }, verifying)).toMatchObject({ kind: 'refused' });
  });
});
