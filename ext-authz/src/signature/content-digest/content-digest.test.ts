import { describe, expect, test } from '@jest/globals';

import { bodyOf, type MessageSpec, messageOf } from '../../testing/rfc9421.ts';
import { checkDigest, contentDigest, wantContentDigest } from './index.ts';

const BODY = '{"hello": "world"}';
const SHA256 = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
const SHA512 =
  'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';
/** Of RFC 9530 appendix B.1: the body ends with a line feed there. */
const SHA256_WITH_LF = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
const WRONG = `sha-256=:${'A'.repeat(43)}=:`;

function check(
  values: readonly (string | Uint8Array)[],
  change: MessageSpec & { isRequired?: boolean } = {},
) {
  const spec = { body: BODY, headers: values.map((value) => ['Content-Digest', value] as const), ...change };
  return checkDigest({ message: messageOf(spec), body: bodyOf(spec) }, change.isRequired ?? true);
}

describe('a digest that holds', () => {
  test.each([
    ['sha-256', [SHA256]],
    ['sha-512', [SHA512]],
    ['both in one line', [`${SHA512}, ${SHA256}`]],
    ['both in two lines', [SHA256, SHA512]],
    ['one and another that nobody checks', [`md5=:AAAA:, ${SHA256}`]],
    ['with a parameter', [`${SHA256};q=1`]],
  ])('%s', (_, values) => {
    expect(check(values)).toBeUndefined();
  });

  test('of the JSON text with its line feed', () => {
    expect(check([SHA256_WITH_LF], { body: `${BODY}\n` })).toBeUndefined();
  });

  test('of no bytes', () => {
    expect(check(['sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'], { body: '' })).toBeUndefined();
  });

  test('in a merged map, where the comma was the proxy`s', () => {
    expect(check([`${SHA512},${SHA256}`], { isLossy: true })).toBeUndefined();
  });

  test('absent where none is required', () => {
    expect(check([], { isRequired: false })).toBeUndefined();
  });
});

type Row = readonly [
  reason: string,
  name: string,
  values: (string | Uint8Array)[],
  change?: MessageSpec & { isRequired?: boolean },
];

describe('a digest that does not hold', () => {
  const body = `${BODY} `;

  test.each([
    ['digest_mismatch', 'of another body', [SHA256], { body }],
    ['digest_mismatch', 'of another body, not required', [SHA256], { body, isRequired: false }],
    ['digest_mismatch', 'right and wrong', [`${SHA512}, ${WRONG}`]],
    ['digest_mismatch', 'wrong and right', [WRONG, SHA512]],
    ['digest_mismatch', 'too short', ['sha-256=:AAAA:']],
    ['digest_mismatch', 'empty', ['sha-256=::']],
    // Rows 16 and 43: coded bytes and a mark at the start are other bytes.
    ['digest_mismatch', 'of the text behind a byte order mark', [SHA256], { body: `\uFEFF${BODY}` }],
    ['missing_digest', 'absent', []],
    [
      'missing_digest',
      'only Digest',
      [],
      { headers: [['Digest', 'SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=']] },
    ],
    ['missing_digest', 'only Repr-Digest', [], { headers: [['Repr-Digest', SHA256]] }],
    ['unsupported_digest', 'md5 only', ['md5=:AAAA:']],
    ['unsupported_digest', 'sha only, not required', ['sha=:AAAA:'], { isRequired: false }],
    ['unsupported_digest', 'no member', ['']],
    ['malformed_digest', 'twice in a line', [`${SHA256}, ${SHA256}`]],
    ['malformed_digest', 'twice in two lines', [SHA256, SHA256]],
    ['malformed_digest', 'right after wrong under one key', [WRONG, SHA256]],
    ['malformed_digest', 'as a string', ['sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="']],
    ['malformed_digest', 'in the old form', ['SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=']],
    ['malformed_digest', 'without padding', [`${SHA256.slice(0, -2)}:`]],
    ['malformed_digest', 'as an inner list', [`sha-256=(${SHA256.slice(8)})`]],
    ['malformed_digest', 'without colons', ['sha-256=X48E9qOo']],
    ['malformed_digest', 'of raw bytes', [Buffer.from([0xff])]],
    ['malformed_digest', 'too long', Array.from({ length: 100 }, (_, at) => `a${at}=:${'A'.repeat(100)}:`)],
  ] as readonly Row[])('%s: %s', (...[reason, , values, change]) => {
    expect(check(values, change)).toBe(reason);
  });
});

describe('what is sent', () => {
  test.each([
    [undefined, SHA256],
    ['sha-512' as const, SHA512],
  ])('%s', (algorithm, value) => {
    expect(contentDigest(Buffer.from(BODY), algorithm)).toBe(value);
  });

  test('asks for any active algorithm', () => {
    expect(wantContentDigest).toBe('sha-512=10, sha-256=10');
  });
});
