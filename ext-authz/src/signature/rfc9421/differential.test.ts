import type { webcrypto } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  createSignatureSync,
  isSignatureError,
  type RequestDescriptor,
  verifySignature,
} from 'http-message-sig';

import { NOW_S } from '../../testing/fixtures.ts';
import { type MessageSpec, messageOf, rfc9421Profile } from '../../testing/rfc9421.ts';
import { signed, signingKeyOf } from '../../testing/rfc9421-check.ts';
import { signBytes, verifyBytes } from '../crypto/index.ts';
import { rfc9421Scheme } from './index.ts';

declare global {
  /** Named by the types of http-message-sig; the DOM, whose types are not loaded here, has it. */
  type CryptoKey = webcrypto.CryptoKey;
}

/** Both verify with one secret: what differs is reading and the base. */
const KEY = signingKeyOf('hmac-sha256');

type Header = readonly [name: string, value: string];
interface Request extends MessageSpec {
  readonly method: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: readonly Header[];
}

function descriptorOf({ method, authority, target, headers }: Request): RequestDescriptor {
  const fields = headers.map(([name, value]) => ({ name, value }));
  return {
    kind: 'request',
    method,
    targetUri: `https://${authority}${target}`,
    requestTarget: target,
    fields,
  };
}

async function doTheyAccept(request: Request): Promise<boolean> {
  const verifier = {
    algorithm: 'hmac-sha256',
    verify: (data: Uint8Array, signature: Uint8Array) => verifyBytes(KEY, data, signature),
  };
  const policy = { algorithms: ['hmac-sha256'], requiredComponents: [], requiredParameters: [], now: NOW_S };
  try {
    await verifySignature(descriptorOf(request), { policy, resolveVerifier: () => verifier });
    return true;
  } catch (error) {
    if (isSignatureError(error)) return false;
    throw error;
  }
}

/** `ok`, `bad_signature` or the reason for which the form is refused. */
function whatWeSay(request: Request): string {
  const signedMessage = { message: messageOf(request), body: new Uint8Array() };
  const given = rfc9421Scheme.present(signedMessage, rfc9421Profile());
  if (given.kind === 'refused') return given.reason;
  if (given.kind === 'absent') return 'missing_signature';
  return given.presented.prove(KEY) ? 'ok' : 'bad_signature';
}

function signedByThem(request: Request, components: readonly string[], odd: boolean): Request {
  const fields = createSignatureSync(descriptorOf(request), {
    components: components.map((id) => {
      const [name = '', key] = id.split(';key=');
      return key === undefined ? name : { name, parameters: { key } };
    }),
    parameters: { created: NOW_S, keyid: KEY.id, nonce: 'abcdefghijklmnop', ...(odd && { other: true }) },
    signer: { algorithm: 'hmac-sha256', sign: (data) => signBytes(KEY, data) },
  });
  const headers: readonly Header[] = [
    ...request.headers,
    ['signature-input', fields.signatureInput],
    ['signature', fields.signature],
  ];
  return { ...request, headers };
}

function text(characters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters.split('')), maxLength });
}

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'pAtch'),
  authority: fc.constantFrom(
    'pay.example',
    'PAY.example',
    'pay.example:443',
    'pay.example:80',
    'pay.example.',
    '[::1]',
  ),
  target: fc.tuple(text("ab%2F./;~'", 8), text('a=&+%20?/', 8)).map(([path, query]) => `/${path}?${query}`),
  headers: fc
    .tuple(text('a ,\t"!=1', 8), text('b; :', 6), text('xyz', 4))
    .map(([one, two, three]): readonly Header[] => [
      ['x-a', one],
      ['X-B', two],
      ['x-b', three],
      ['x-dict', `a=1,  b=("${three}"   2);q="${two}" , c`],
    ]),
});
const SUPPORTED = [
  '@method',
  '@authority',
  '@scheme',
  '@path',
  '@query',
  '@request-target',
  'x-a',
  'x-b',
  'x-dict;key=a',
  'x-dict;key=b',
  'x-dict;key=c',
];
const components = fc.shuffledSubarray(SUPPORTED);

describe('http-message-sig', () => {
  test('signs what verifies here', () => {
    fc.assert(
      fc.property(request, components, (given, covered) => {
        expect(whatWeSay(signedByThem(given, covered, false))).toBe('ok');
      }),
      { numRuns: 500 },
    );
  });

  test('verifies what is signed here', async () => {
    await fc.assert(
      fc.asyncProperty(request, components, async (given, covered) => {
        const ids = covered.map((name) => name.replace(/;key=(.)/, ';key="$1"'));
        const { headers = [] } = signed(given, { components: ids, algorithm: 'hmac-sha256' });
        const sent = headers.map(([name, value]): Header => [name, String(value)]);
        expect(await doTheyAccept({ ...given, headers: sent })).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('accepts no changed request that is denied here but for a known reason', async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        components,
        fc.boolean(),
        fc.array(edit, { maxLength: 3 }),
        async (given, covered, odd, edits) => {
          const sent = edits.reduce((changed, change) => change(changed), signedByThem(given, covered, odd));
          const ours = whatWeSay(sent);
          if (!(await doTheyAccept(sent))) {
            // Of what they support, nothing passes here that they refuse.
            expect(ours).not.toBe('ok');
          } else if (ours !== 'ok') expect(STRICTER).toContain(ours);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Where this verifier is stricter on purpose. */
const STRICTER = [
  // They take any parameter, this one only those of RFC 9421: an unknown one could say that the signature means less.
  'malformed_parameter',
  // They unfold obsolete line folding and take NUL-free text only; this one refuses all control characters.
  'unclean_header',
  // They repair base64; this one takes one spelling, so that a signature cannot come as two texts.
  'malformed_signature',
  // They bound neither labels, components nor bytes.
  'oversized_signature',
  // They leave form and length of these to the caller.
  'malformed_key_id',
  'malformed_nonce',
  'malformed_timestamp',
  // Authority and target go through the URL class there, which drops userinfo and fragments.
  'malformed_authority',
  'malformed_target',
  'unsupported_algorithm',
];

type Edit = (request: Request) => Request;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('signature-input', 'signature', 'x-a', 'x-dict'),
      fc.nat(),
      text(' ,;="():a1!\t\\', 3),
      fc.boolean(),
    )
    .map(
      ([name, at, inserted, isInsert]): Edit =>
        (given) =>
          onHeader(given, name, (old) => spliced(old, at, isInsert ? 0 : inserted.length, inserted)),
    ),
  fc.constantFrom<Edit>(
    (given) => onHeader(given, 'signature-input', (old) => old.replaceAll(' ', '  ')),
    (given) => onHeader(given, 'signature-input', (old) => old.replace(';created', '; created')),
    (given) => onHeader(given, 'signature', (old) => old.replaceAll('=:', ':')),
    (given) => onHeader(given, 'signature', (old) => `${old};a`),
    (given) => ({
      ...given,
      headers: [...given.headers, ['signature', 'b=:AA==:'], ['signature-input', 'b=()']],
    }),
    (given) => ({ ...given, headers: [...given.headers, ...given.headers] }),
    (given) => ({ ...given, headers: given.headers.toReversed() }),
    (given) => ({ ...given, authority: given.authority.toUpperCase() }),
    (given) => ({ ...given, authority: `user@${given.authority}` }),
    (given) => ({ ...given, target: `${given.target}#x` }),
    (given) => ({ ...given, target: `/.${given.target}` }),
    (given) => ({ ...given, method: given.method.toUpperCase() }),
  ),
);

function onHeader(given: Request, name: string, change: (old: string) => string): Request {
  const headers = given.headers.map(([other, old]): Header => [other, other === name ? change(old) : old]);
  return { ...given, headers };
}

function spliced(old: string, at: number, removed: number, inserted: string): string {
  const place = at % (old.length + 1);
  return old.slice(0, place) + inserted + old.slice(place + removed);
}
