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
import { alipayScheme, signAlipay } from './index.ts';

const V3 = { scheme: 'alipay', message: 'v3' } as const;
const APP_ID = '2021000122671080';
const CERT_SN = '866efef280dec9137a87d047ac446315';
const NOW_MS = 1_767_225_600_123;
const { signing, verifying } = rsaKeyPair(APP_ID);
const CONTEXT = { key: signing, nowMs: NOW_MS, nonce: 'd0a3f1c2-0000' };
const TOKEN = ['alipay-app-auth-token', '202312BB7b50'] as const;
const AUTH = `app_id=${APP_ID},nonce=n,timestamp=${NOW_MS}`;
const SCHEME = 'ALIPAY-SHA256withRSA';

const present = (request: RequestText) => alipayScheme.present(messageOf(request), V3);

function signed(text: RequestText = {}): Required<RequestText> {
  const request = outgoing({ target: '/v3/alipay/trade/pay?a=1', body: '{\n"amount":1\n}', ...text });
  return withSignature(request, signAlipay(request, V3, CONTEXT));
}

/** Signs as the documents say, apart from the code under test. */
function byHand(auth: string, lines: readonly string[]): string {
  const text = [auth, ...lines].map((line) => `${line}\n`).join('');
  return `${SCHEME} ${auth},sign=${sign('sha256', Buffer.from(text), signing.key).toString('base64')}`;
}

describe('a request of open API 3.0', () => {
  test('is presented', () => {
    const presentation = present(signed());
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [APP_ID] },
        createdMs: NOW_MS,
        nonce: 'd0a3f1c2-0000',
        covered: ['"@method"', '"@request-target"', '"@path"', '"@query"', '"content-digest"'],
      },
    });
    expect(isProven(presentation, verifying)).toBe(true);
  });

  test('proves against signatures that were computed apart', () => {
    const plain = byHand(AUTH, ['GET', '/v3/x?b=2&a=1', '']);
    expect(
      isProven(
        present({ method: 'GET', target: '/v3/x?b=2&a=1', headers: [['Authorization', plain]] }),
        verifying,
      ),
    ).toBe(true);
    const auth = `app_id=${APP_ID},app_cert_sn=${CERT_SN},nonce=n,timestamp=1,more=x/y`;
    const full = byHand(auth, ['POST', '/v3/x', '{}', TOKEN[1]]);
    const presentation = present({ target: '/v3/x', body: '{}', headers: [['Authorization', full], TOKEN] });
    expect(isProven(presentation, verifying)).toBe(true);
    expect(presentation).toMatchObject({
      presented: {
        signer: { kind: 'named', ids: [CERT_SN, APP_ID], account: APP_ID },
        covered: expect.arrayContaining(['"alipay-app-auth-token"']),
      },
    });
  });

  test('has no other text with its token or its last line moved', () => {
    const withToken = signed({ headers: [TOKEN], body: '{}' });
    const headers = withToken.headers.filter(([name]) => name !== TOKEN[0]);
    expect(present({ ...withToken, headers, body: `{}\n${TOKEN[1]}` })).toEqual({
      kind: 'refused',
      reason: 'ambiguous_signature',
    });
    const withLines = signed({ body: '{}\nx y' });
    expect(isProven(present(withLines), verifying)).toBe(true);
    const moved = [...withLines.headers, ['alipay-app-auth-token', 'x y'] as const];
    expect(present({ ...withLines, headers: moved, body: '{}' })).toEqual({
      kind: 'refused',
      reason: 'malformed_parameter',
    });
    expect(() => signed({ body: '{}\nabc' })).toThrow(/last line/);
  });

  test.each([
    ['no Authorization', []],
    ['Bearer', [['Authorization', 'Bearer x']]],
  ] as const)('with %s is absent', (_, headers) => {
    expect(present({ headers })).toEqual({ kind: 'absent' });
  });

  test.each([
    ['another algorithm', 'unsupported_algorithm', `ALIPAY-SM2withSM3 ${AUTH},sign=AAAA`],
    ['another case', 'unsupported_algorithm', `alipay-sha256withrsa ${AUTH},sign=AAAA`],
    ['nothing behind it', 'malformed_parameter', SCHEME],
    ['no sign', 'malformed_parameter', `${SCHEME} ${AUTH}`],
    ['only sign', 'malformed_parameter', `${SCHEME} sign=AAAA`],
    ['sign first', 'malformed_parameter', `${SCHEME} sign=AAAA,${AUTH}`],
    ['sign in the middle', 'malformed_signature', `${SCHEME} ${AUTH},sign=AAAA,more=1`],
    ['sign twice', 'malformed_signature', `${SCHEME} ${AUTH},sign=AAAA,sign=AAAA`],
    ['a parameter twice', 'duplicate_parameter', `${SCHEME} ${AUTH},app_id=1,sign=AAAA`],
    ['a space', 'malformed_parameter', `${SCHEME} ${AUTH}, more=1,sign=AAAA`],
    ['quotes around a name', 'malformed_parameter', `${SCHEME} ${AUTH},"a"=1,sign=AAAA`],
    ['no app_id', 'malformed_key_id', `${SCHEME} nonce=n,timestamp=1,sign=AAAA`],
    ['an odd app_id', 'malformed_key_id', `${SCHEME} app_id=../1,nonce=n,timestamp=1,sign=AAAA`],
    ['no nonce', 'malformed_nonce', `${SCHEME} app_id=1,timestamp=1,sign=AAAA`],
    ['no timestamp', 'malformed_timestamp', `${SCHEME} app_id=1,nonce=n,sign=AAAA`],
    ['a timestamp in words', 'malformed_timestamp', `${SCHEME} app_id=1,nonce=n,timestamp=1e3,sign=AAAA`],
    ['base64url', 'malformed_signature', `${SCHEME} ${AUTH},sign=-_-_`],
    ['an empty sign', 'malformed_signature', `${SCHEME} ${AUTH},sign=`],
  ])('with %s is refused: %s', (_, reason, value) => {
    expect(present({ headers: [['Authorization', value]] })).toEqual({ kind: 'refused', reason });
  });

  test.each<[string, string, Required<RequestText>]>([
    [
      'two Authorization headers',
      'repeated_header',
      signed({ headers: [['alipay-app-auth-token', 'a'] as const] }),
    ],
    ['two tokens', 'repeated_header', signed({ headers: [TOKEN, TOKEN] })],
    ['a file', 'insufficient_coverage', signed({ headers: [['Content-Type', 'multipart/form-data']] })],
    ['a target with a space', 'malformed_target', signed({ target: '/a b' })],
  ])('with %s is refused: %s', (what, reason, request) => {
    const { headers } = request;
    const sent = what.startsWith('two A') ? [...headers, ['authorization', 'x'] as const] : headers;
    expect(present({ ...request, headers: sent })).toEqual({ kind: 'refused', reason });
  });

  test('that is changed anywhere in what is covered is not proven', () => {
    const request = signed({ headers: [TOKEN] });
    const [, authorization] = request.headers.find(([name]) => name === 'Authorization') ?? ['', ''];
    const parts = { ...request, authorization, token: TOKEN[1] };
    const part = fc.constantFrom('method', 'target', 'body', 'authorization', 'token');
    fc.assert(
      fc.property(part, fc.nat(), fc.integer({ min: 1, max: 127 }), (name, at, bits) => {
        const bytes = Buffer.from(parts[name]);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ bits;
        const changed = { ...parts, [name]: name === 'body' ? bytes : bytes.toString('latin1') };
        const { method, target, body } = changed;
        const headers = [
          ['Authorization', changed.authorization],
          ['alipay-app-auth-token', changed.token],
        ] as const;
        expect(isProven(present({ method, target, body, headers }), verifying)).toBe(false);
      }),
    );
  });

  test('that is signed is proven, whatever the body', () => {
    const body = fc.uint8Array().filter((bytes) => !bytes.includes(0x0a));
    fc.assert(
      fc.property(body, fc.boolean(), (bytes, hasToken) => {
        const request = signed({ body: bytes, headers: hasToken ? [TOKEN] : [] });
        expect(isProven(present(request), verifying)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('however odd throws nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `${SCHEME} ${rest},sign=AAAA`),
    );
    fc.assert(
      fc.property(text, text, text, (one, two, body) => {
        const headers = [
          ['authorization', one],
          ['content-type', two],
          ['alipay-app-auth-token', two],
        ] as const;
        expect(isProven(present({ target: two, headers, body }), verifying)).toBe(false);
      }),
    );
  });
});
