import { describe, expect, test } from '@jest/globals';
import { parseJwks } from '@paymesh/common/jwks';
import {
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  jsonValue,
  nat,
  oneof,
  pre,
  string,
} from 'fast-check';

import { headerList, type Message } from '../message/index.ts';
import { ISSUER, JWKS, jwtSpec, token } from '../testing/access.ts';
import { NOW_MS } from '../testing/fixtures.ts';
import { createVerifyToken, fixedKeys } from './index.ts';

const parsed = parseJwks(JWKS, ['RS256']);
if (parsed.kind !== 'keys') throw new Error(parsed.got);
const verify = createVerifyToken(jwtSpec(), fixedKeys(parsed.jwks));
const CALLER = { principal: '', names: [], thumbprint: undefined };
const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ,');

const kindOf = async (authorization: string) => {
  const headers = headerList([{ name: 'authorization', value: Buffer.from(authorization, 'latin1') }]);
  return (await verify({ headers } as unknown as Message, CALLER, NOW_MS)).kind;
};

/** What a token decodes to: the last character of a part has bits that mean nothing. */
const meaning = (text: string) =>
  text
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.');

describe('a token', () => {
  test('with any character changed is refused', async () => {
    const good = token();
    expect(await kindOf(`Bearer ${good}`)).toBe('verified');
    await assert(
      asyncProperty(nat(good.length - 1), constantFrom(...ALPHABET), async (index, character) => {
        const changed = good.slice(0, index) + character + good.slice(index + 1);
        pre(meaning(changed) !== meaning(good) || /[^A-Za-z0-9_.-]/.test(changed));
        expect(await kindOf(`Bearer ${changed}`)).toBe('refused');
      }),
      { numRuns: 1_000 },
    );
  });

  test('of any header that a stranger signs is refused, and nothing throws', async () => {
    const members = oneof(
      constantFrom('alg', 'kid', 'typ', 'crit', 'jwk', 'jku', 'x5u', '__proto__', 'b64'),
      string(),
    );
    await assert(
      asyncProperty(
        dictionary(members, jsonValue()),
        dictionary(members, jsonValue()),
        async (header, claims) => {
          expect(await kindOf(`Bearer ${token(claims, header, ISSUER.stranger)}`)).toBe('refused');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('that is any text is refused, and nothing throws', async () => {
    await assert(
      asyncProperty(string({ maxLength: 200 }), async (text) => {
        expect(await kindOf(`Bearer ${text}`)).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });
});
