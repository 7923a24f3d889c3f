import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { arrivalOf, received, verdictOf } from '../testing/received.ts';
import { isUnambiguous, itemText } from './canonical.ts';
import { adyenScheme, signAdyen } from './index.ts';
import { parsePayment } from './parse.ts';

const PAYMENT = { scheme: 'adyen', message: 'payment' } as const;
const PLATFORM = { scheme: 'adyen', message: 'platform' } as const;
/** Key, item and MAC that Adyen's own library is tested with. */
const KEY = key('DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00');
const MAC = 'ipnxGCaUZ4l8TUW75a71/ghd2Fe5ffvX0pV4TLTntIc=';
const ITEM = {
  pspReference: 'pspReference',
  originalReference: 'originalReference',
  merchantAccountCode: 'merchantAccount',
  merchantReference: 'reference',
  amount: { currency: 'EUR', value: 1000 },
  eventCode: 'EVENT',
  success: 'true',
  additionalData: { hmacSignature: MAC },
};
/** Of `{"data":{}}`, by openssl. */
const PLATFORM_MAC = 'FYJBbErXcfQ5X/o+bmFFfdDa+U7IFgt0jl8gb3yDfHw=';
const TEXT = JSON.stringify(notification(ITEM));

function key(hex: string) {
  return { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(hex, 'hex')) } as const;
}

function notification(...items: readonly unknown[]) {
  const wrapped = items.map((item) => ({ NotificationRequestItem: item }));
  return { live: 'false', notificationItems: wrapped };
}

function verdict(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return verdictOf(adyenScheme, PAYMENT, KEY, { body: text });
}

function outgoing(body: unknown) {
  const bytes = Buffer.from(JSON.stringify(body));
  return { method: 'POST', scheme: 'https', authority: 'a.test', target: '/', headers: [], body: bytes };
}

describeScheme({
  name: 'adyen platform',
  scheme: adyenScheme,
  sign: signAdyen,
  profile: PLATFORM,
  signingKey: { id: 'k', ...KEY },
  key: KEY,
  otherKey: key('00'.repeat(32)),
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })),
  covered: ['body', 'hmacsignature', 'protocol'],
  headers: ['hmacsignature', 'protocol'],
});

describe('adyenScheme of payment notifications', () => {
  test("proves the item of Adyen's own tests", () => {
    expect(verdict(TEXT)).toBe('proven');
  });

  test('proves another of them', () => {
    const additionalData = { hmacSignature: 'ZNBPtI+oDyyRrLyD1XirkKnQgIAlFc07Vj27TeHsDRE=' };
    expect(verdict(notification({ ...ITEM, eventCode: 'REPORT_AVAILABLE', additionalData }))).toBe('proven');
  });

  test('says that it covers no component, and gives the text of the item', () => {
    const answer = adyenScheme.present(received({ body: TEXT }), PAYMENT);
    if (answer.kind !== 'presented') throw new Error('not presented');
    expect(answer.presented).toMatchObject({ signer: { kind: 'unnamed' }, covered: [] });
    expect(Buffer.from(answer.presented.base()).toString()).toBe(
      'pspReference:originalReference:merchantAccount:reference:1000:EUR:EVENT:true',
    );
  });

  test.each<[string, unknown, string]>([
    ['no JSON', 'no', 'malformed_body'],
    ['an empty body', '', 'malformed_body'],
    ['a list', [ITEM], 'malformed_body'],
    ['no items', notification(), 'malformed_body'],
    ['two items, both right', notification(ITEM, ITEM), 'malformed_body'],
    ['two items, one unsigned', notification(ITEM, { ...ITEM, additionalData: {} }), 'malformed_body'],
    ['items that are no list', { notificationItems: { 0: ITEM } }, 'malformed_body'],
    ['an item without its wrapper', { notificationItems: [ITEM] }, 'malformed_body'],
    ['no signature', notification({ ...ITEM, additionalData: {} }), 'absent'],
    ['no additionalData', notification({ ...ITEM, additionalData: undefined }), 'absent'],
    ['additionalData null', notification({ ...ITEM, additionalData: null }), 'absent'],
    [
      'a signature outside additionalData',
      notification({ ...ITEM, additionalData: {}, hmacSignature: MAC }),
      'absent',
    ],
    ['an empty signature', signedBy(''), 'malformed_signature'],
    ['a signature without padding', signedBy(MAC.slice(0, -1)), 'malformed_signature'],
    ['a signature with white space', signedBy(` ${MAC}`), 'malformed_signature'],
    ['a signature of 44 characters that are no MAC', signedBy('A'.repeat(44)), 'malformed_signature'],
    ['a signature that is a number', signedBy(1), 'malformed_signature'],
    ['a list of signatures', signedBy([MAC]), 'malformed_signature'],
    ['another amount', changed({ amount: { currency: 'EUR', value: 100_000 } }), 'unproven'],
    ['another currency', changed({ amount: { currency: 'KWD', value: 1000 } }), 'unproven'],
    ['another outcome', changed({ success: 'false' }), 'unproven'],
    ['an amount as text', changed({ amount: { currency: 'EUR', value: '1000' } }), 'malformed_body'],
    ['a fraction of a minor unit', changed({ amount: { currency: 'EUR', value: 1000.5 } }), 'malformed_body'],
    ['an amount as a list', changed({ amount: [1000, 'EUR'] }), 'malformed_body'],
    ['an outcome as a boolean', changed({ success: true }), 'malformed_body'],
    ['an outcome of another spelling', changed({ success: 'TRUE' }), 'malformed_body'],
    [
      'a reference as a list that prints the same',
      changed({ pspReference: ['pspReference'] }),
      'malformed_body',
    ],
    ['a reference as an object', changed({ pspReference: { toString: 'x' } }), 'malformed_body'],
    ['half a surrogate pair', TEXT.replace('"reference"', '"\\ud800"'), 'malformed_body'],
    ['a backslash', changed({ merchantReference: 'a\\:b' }), 'malformed_body'],
    ['a reference of 257 characters', changed({ merchantReference: 'r'.repeat(257) }), 'malformed_body'],
    ['a second item list', TEXT.replace('"live"', '"notificationItems":[],"live"'), 'malformed_body'],
    ['a second amount', TEXT.replace('"eventCode"', '"amount":{},"eventCode"'), 'malformed_body'],
    ['a second value, escaped', TEXT.replace('"value"', '"v\\u0061lue":9,"value"'), 'malformed_body'],
    ['a second value in other case', TEXT.replace('"value"', '"Value":9,"value"'), 'malformed_body'],
    ['a name of the long s', changed({ ['\u017fuccess']: 'false' }), 'malformed_body'],
    ['an amount in other case only', changed({ amount: undefined, Amount: ITEM.amount }), 'malformed_body'],
    ['an amount that a double rounds', TEXT.replace('1000', '1000.00000000000001'), 'malformed_body'],
    ['an amount past what a double holds', TEXT.replace('1000', '9007199254740993'), 'malformed_body'],
    ['minus zero', TEXT.replace('1000', '-0'), 'malformed_body'],
    ['a depth of 17', changed({ deep: nested(15) }), 'malformed_body'],
  ])('refuses %s', (_name, body, reason) => {
    expect(verdict(body)).toBe(reason);
  });

  test('refuses to move what is signed over a colon', () => {
    // Both split the signed text at other colons.
    const moved = { pspReference: 'pspReference:originalReference', originalReference: 'merchantAccount' };
    const shifted = { ...moved, merchantAccountCode: 'reference', merchantReference: '' };
    expect(verdict(changed(shifted))).toBe('malformed_body');
    expect(verdict(changed({ merchantAccountCode: 'merchantAccount:reference' }))).toBe('malformed_body');
  });

  test('one text is one item', () => {
    const field = fc.stringMatching(/^[ab:]{0,4}$/);
    const fields = fc.record({
      pspReference: field,
      originalReference: field,
      merchantAccountCode: field,
      merchantReference: field,
      amountValue: fc.constantFrom('', '1', '10'),
      amountCurrency: field,
      eventCode: field,
      success: fc.constantFrom('', 'true', 'false'),
    });
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fields, (one) => {
        if (!isUnambiguous(one)) return;
        const before = seen.get(itemText(one)) ?? JSON.stringify(one);
        seen.set(itemText(one), before);
        expect(JSON.stringify(one)).toBe(before);
      }),
      { numRuns: 5_000 },
    );
    expect(seen.size).toBeGreaterThan(50);
  });

  test('what is signed verifies, colons in the reference of the merchant included', () => {
    const reference = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => !text.includes('\\'));
    fc.assert(
      fc.property(reference, fc.maxSafeInteger(), (merchantReference, value) => {
        fc.pre(!Object.is(value, -0));
        const request = outgoing(
          notification({ ...ITEM, merchantReference, amount: { currency: 'EUR', value } }),
        );
        const signed = signAdyen(request, PAYMENT, { key: { id: 'k', ...KEY }, nowMs: 0, nonce: 'n' });
        expect(verdictOf(adyenScheme, PAYMENT, KEY, arrivalOf(request, signed))).toBe('proven');
      }),
    );
  });

  test('a flipped bit that still verifies has changed no signed field', () => {
    const bytes = Buffer.from(TEXT);
    const right = parsePayment(bytes);
    for (let at = 0; at < bytes.length * 8; at += 1) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8(bent.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
      if (verdictOf(adyenScheme, PAYMENT, KEY, { body: bent }) === 'proven') {
        expect(parsePayment(bent)).toEqual(right);
      }
    }
  });

  test.each([
    ['two items', notification(ITEM, ITEM)],
    ['no notification', {}],
    ['a field that holds a colon', notification({ ...ITEM, eventCode: 'A:B' })],
  ])('does not sign %s', (_name, body) => {
    const context = { key: { id: 'k', ...KEY }, nowMs: 0, nonce: 'n' };
    expect(() => signAdyen(outgoing(body), PAYMENT, context)).toThrow('one item');
  });
});

describe('adyenScheme of platform webhooks', () => {
  test('proves a MAC that an independent tool made', () => {
    const headers = [['HmacSignature', PLATFORM_MAC]] as const;
    expect(verdictOf(adyenScheme, PLATFORM, KEY, { headers, body: '{"data":{}}' })).toBe('proven');
  });

  const body = '{"data":{}}';
  const right = signAdyen({ ...outgoing({ data: {} }) }, PLATFORM, {
    key: { id: 'k', ...KEY },
    nowMs: 0,
    nonce: 'n',
  }).headers;
  const [signature] = right;

  test('covers the body', () => {
    expect(adyenScheme.present(received({ headers: right, body }), PLATFORM)).toMatchObject({
      presented: { signer: { kind: 'unnamed' }, covered: ['"content-digest"'] },
    });
  });

  test.each([
    ['a right signature', right, body, 'proven'],
    ['no Protocol header', [signature], body, 'proven'],
    ['another protocol', [signature, ['Protocol', 'HmacSHA1']], body, 'unsupported_algorithm'],
    ['two protocols', [...right, ['Protocol', 'HmacSHA256']], body, 'repeated_header'],
    ['two signatures', [...right, signature], body, 'repeated_header'],
    ['none', [], body, 'absent'],
    ['a space around it', [['HmacSignature', ` ${MAC}`]], body, 'malformed_signature'],
    ['hexadecimal', [['HmacSignature', '00'.repeat(32)]], body, 'malformed_signature'],
    ['a byte order mark', right, `\ufeff${body}`, 'unproven'],
    ['white space in the body', right, `${body} `, 'unproven'],
    ['the MAC of an item', [['HmacSignature', MAC]], TEXT, 'unproven'],
  ] as const)('answers %s', (_name, headers, text, reason) => {
    const lines = headers.flatMap((line) => (line === undefined ? [] : [line]));
    expect(verdictOf(adyenScheme, PLATFORM, KEY, { headers: lines, body: text })).toBe(reason);
  });
});

function changed(change: Readonly<Record<string, unknown>>) {
  return notification({ ...ITEM, ...change });
}

function signedBy(hmacSignature: unknown) {
  return changed({ additionalData: { hmacSignature } });
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}
