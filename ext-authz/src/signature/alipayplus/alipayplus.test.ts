import { sign } from 'node:crypto';

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
import { alipayplusScheme, signAlipayplus } from './index.ts';

const PROFILE = { scheme: 'alipayplus' } as const;
const CLIENT = 'SANDBOX_5X00000000000000';
const NOW_MS = 1_685_599_933_871;
const { signing, verifying } = rsaKeyPair(`${CLIENT}/2`);
const CONTEXT = { key: signing, nowMs: NOW_MS, nonce: 'unused' };

const present = (request: RequestText) => alipayplusScheme.present(messageOf(request), PROFILE);

function signed(text: RequestText = {}, key = signing): Required<RequestText> {
  const request = outgoing({ target: '/ams/api/v1/payments/pay?a=1', body: '{"amount":"1.5"}', ...text });
  return withSignature(request, signAlipayplus(request, PROFILE, { ...CONTEXT, key }));
}

/** Signs as the documents say, apart from the code under test. */
function byHand(time: string, body: string): string {
  const text = `POST /aps/api/v1/payments/pay\nTEST_5X00000000000000.${time}.${body}`;
  return sign('sha256', Buffer.from(text), signing.key).toString('base64');
}

function example(time: string, header: string): RequestText {
  return {
    target: '/aps/api/v1/payments/pay',
    body: '{"a":1}',
    headers: [
      ['Client-Id', 'TEST_5X00000000000000'],
      ['Request-Time', time],
      ['Signature', header],
    ],
  };
}

describe('a request', () => {
  test('is presented', () => {
    const presentation = present(signed());
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [`${CLIENT}/2`, CLIENT] },
        createdMs: NOW_MS,
        covered: [
          '"@method"',
          '"@request-target"',
          '"@path"',
          '"@query"',
          '"client-id"',
          '"request-time"',
          '"content-digest"',
        ],
      },
    });
    expect(presentation).not.toHaveProperty('presented.nonce');
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('without key version names the client alone', () => {
    expect(present(signed({}, { ...signing, id: CLIENT }))).toMatchObject({
      presented: { signer: { kind: 'named', ids: [CLIENT] } },
    });
  });

  test.each([
    ['2019-05-28T12:12:12+08:00', Date.UTC(2019, 4, 28, 4, 12, 12)],
    ['2019-05-28T12:12:12-03:30', Date.UTC(2019, 4, 28, 15, 42, 12)],
    ['2025-02-20T08:51:49.09Z', Date.UTC(2025, 1, 20, 8, 51, 49, 90)],
    ['1685599933871', 1_685_599_933_871],
  ])('of %s proves against a signature that was computed apart', (time, createdMs) => {
    const signature = encodeURIComponent(byHand(time, '{"a":1}'));
    const presentation = present(example(time, `algorithm=RSA256,keyVersion=1,signature=${signature}`));
    expect(presentation).toMatchObject({ presented: { createdMs } });
    expect(isProven(presentation, verifying)).toBe(true);
  });

  const time = '1685599933871';
  const raw = byHand(time, '{"a":1}');
  const escaped = encodeURIComponent(raw);

  test.each([
    ['spaces after commas', `algorithm=RSA256, keyVersion=1,\tsignature=${escaped}`],
    ['another case of the algorithm', `algorithm=rsa256,keyVersion=1,signature=${escaped}`],
    [
      'escapes in lower case',
      `algorithm=RSA256,keyVersion=1,signature=${escaped.replaceAll(/%../g, (hex) => hex.toLowerCase())}`,
    ],
    ['no key version', `algorithm=RSA256,signature=${escaped}`],
    ['another order', `signature=${escaped},keyVersion=1,algorithm=RSA256`],
    ['base64 as it is', `algorithm=RSA256,keyVersion=1,signature=${raw}`],
  ])('is proven with %s', (_, header) => {
    expect(isProven(present(example(time, header)), verifying)).toBe(true);
  });

  test.each([
    ['nothing', 'malformed_parameter', ''],
    ['no algorithm', 'malformed_parameter', 'keyVersion=1,signature=AAAA'],
    ['ECC224', 'unsupported_algorithm', 'algorithm=ECC224,keyVersion=1,signature=AAAA'],
    ['none', 'unsupported_algorithm', 'algorithm=none,signature=AAAA'],
    ['a parameter twice', 'duplicate_parameter', 'algorithm=RSA256,signature=AAAA,signature=AAAA'],
    ['an unknown parameter', 'malformed_parameter', 'algorithm=RSA256,signature=AAAA,x=1'],
    ['another case of a name', 'malformed_parameter', 'algorithm=RSA256,keyversion=1,signature=AAAA'],
    ['a comma at the end', 'malformed_parameter', 'algorithm=RSA256,signature=AAAA,'],
    ['a space before a comma', 'malformed_parameter', 'algorithm=RSA256 ,signature=AAAA'],
    ['an odd key version', 'malformed_key_id', 'algorithm=RSA256,keyVersion=../1,signature=AAAA'],
    ['no signature', 'malformed_signature', 'algorithm=RSA256,keyVersion=1'],
    ['half an escape', 'malformed_signature', 'algorithm=RSA256,signature=AAA%3'],
    ['an escaped letter', 'malformed_signature', 'algorithm=RSA256,signature=AAA%41'],
    ['an escaped space', 'malformed_signature', 'algorithm=RSA256,signature=AA%20AA'],
    ['plus and escapes', 'malformed_signature', 'algorithm=RSA256,signature=A%2BA+AAA%3D'],
    ['escaped twice', 'malformed_signature', 'algorithm=RSA256,signature=AA%253D%253D'],
    ['base64url', 'malformed_signature', 'algorithm=RSA256,signature=-_-_'],
    ['a signature of RFC 9421', 'malformed_parameter', 'sig1=:AAAA:'],
  ])('with %s in its signature is refused: %s', (_, reason, header) => {
    expect(present(example(time, header))).toEqual({ kind: 'refused', reason });
  });

  test.each([
    '',
    '1685599933',
    '16855999338710',
    '+168559993387',
    '2019-05-28T12:12:12',
    '2019-05-28 12:12:12+08:00',
    '2019-02-30T12:12:12Z',
    '2019-05-28T12:12:12+19:00',
    '2019-05-28T12:12:12+08:60',
    '2019-05-28T12:12:12+0800',
    '2019-05-28T12:12:12Z.{',
  ])('with the time %j is refused', (odd) => {
    expect(present(example(odd, 'algorithm=RSA256,signature=AAAA'))).toEqual({
      kind: 'refused',
      reason: 'malformed_timestamp',
    });
  });

  test.each(['', 'a.b', '../x', 'a/1', 'a'.repeat(65)])('with the client %j is refused', (client) => {
    const request = signed();
    const headers = request.headers.map(
      ([name, value]) => [name, name === 'Client-Id' ? client : value] as const,
    );
    expect(present({ ...request, headers })).toEqual({ kind: 'refused', reason: 'malformed_key_id' });
  });

  test.each(['Client-Id', 'Request-Time', 'Signature'])('without %s is absent, with two refused', (name) => {
    const request = signed();
    const headers = request.headers.filter((line) => line[0] !== name);
    expect(present({ ...request, headers })).toEqual({ kind: 'absent' });
    const twice = [...request.headers, [name.toLowerCase(), '1'] as const];
    expect(present({ ...request, headers: twice })).toEqual({ kind: 'refused', reason: 'repeated_header' });
  });

  test('from merged headers is refused, for a signature holds commas', () => {
    const message = messageOf(signed(), { isLossy: true });
    expect(alipayplusScheme.present(message, PROFILE)).toEqual({ kind: 'refused', reason: 'unclean_header' });
  });

  test('that is changed anywhere in what is covered is not proven', () => {
    const request = signed();
    const parts = {
      method: request.method,
      target: request.target,
      body: request.body,
      'Client-Id': CLIENT,
      'Request-Time': String(NOW_MS),
    };
    const part = fc.constantFrom('method', 'target', 'body', 'Client-Id', 'Request-Time');
    fc.assert(
      fc.property(part, fc.nat(), fc.integer({ min: 1, max: 127 }), (name, at, bits) => {
        const bytes = Buffer.from(parts[name]);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ bits;
        const headers = request.headers.map((line) => (line[0] === name ? ([name, bytes] as const) : line));
        const changed = { ...request, headers, [name]: name === 'body' ? bytes : bytes.toString('latin1') };
        expect(isProven(present(changed), verifying)).toBe(false);
      }),
    );
  });

  test('that is signed is proven, whatever the body', () => {
    const target = fc.stringMatching(/^\/[!-~]{0,20}$/);
    fc.assert(
      fc.property(target, fc.uint8Array(), (path, body) => {
        expect(isProven(present(signed({ target: path, body })), verifying)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('however odd throws nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `algorithm=RSA256,signature=${rest}`),
    );
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (one, two, target, isClient) => {
        const headers = [
          ['client-id', isClient ? 'a' : two],
          ['request-time', isClient ? '1685599933871' : two],
          ['signature', one],
        ] as const;
        expect(isProven(present({ target, headers, body: two }), verifying)).toBe(false);
      }),
    );
  });
});
