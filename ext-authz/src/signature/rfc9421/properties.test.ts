import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { type Algorithm, algorithms } from '../../keys/index.ts';
import { type MessageSpec, messageOf, rfc9421Profile } from '../../testing/rfc9421.ts';
import { COVER, createJudge, signed } from '../../testing/rfc9421-check.ts';
import { rfc9421Scheme } from './index.ts';

const visible = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0x7e })
    .filter((code) => code !== 0x23)
    .map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const value = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const request: fc.Arbitrary<MessageSpec & { readonly target: string; readonly headers: [string, string][] }> =
  fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'x-odd'),
    authority: fc.constantFrom('pay.example', 'pay.example:8443', '[2001:db8::1]'),
    target: fc.tuple(visible, visible).map(([path, query]) => `/${path}?id=1&${query}`),
    headers: fc.tuple(value, value, value).map(([one, two, dict]): [string, string][] => [
      ['x-a', one],
      ['x-b', two],
      ['x-b', one],
      ['priority', `u=1;q="${dict.replaceAll(/["\\]/g, '')}",   i`],
    ]),
    body: fc.uint8Array({ maxLength: 100 }),
  });
const OPTIONAL = [
  '@target-uri',
  '@request-target',
  '@scheme',
  'x-a',
  'x-b',
  '"x-b";bs',
  '"priority";sf',
  '"priority";key="u"',
];
const components = fc.shuffledSubarray(OPTIONAL).map((some) => [...COVER, ...some]);
const algorithm: fc.Arbitrary<Algorithm> = fc.constantFrom(...algorithms);

describe('any request', () => {
  test('is allowed as it was signed', () => {
    fc.assert(
      fc.property(request, components, algorithm, (spec, covered, name) => {
        expect(createJudge()(signed(spec, { components: covered, algorithm: name }))).toBe('ok');
      }),
      { numRuns: 150 },
    );
  });

  test('is denied when a byte of what is covered is another', () => {
    fc.assert(
      fc.property(
        request,
        fc.constantFrom(
          'method',
          'authority',
          'target',
          'body',
          'x-a',
          'x-b',
          'Content-Digest',
          'Signature',
          'Signature-Input',
        ),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (spec, part, at, flip) => {
          const right = signed(spec, { components: [...COVER, 'x-a', 'x-b'], algorithm: 'hmac-sha256' });
          const bent = bend(right, part, at, flip);
          fc.pre(bent !== undefined && !isSame(right, bent));
          const check = createJudge();
          expect(check(bent)).not.toBe('ok');
          expect(check(right)).toBe('ok');
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test('of arbitrary text in its signature headers is read without a throw', () => {
    const names = fc.constantFrom('signature', 'signature-input', 'content-digest', 'x-a', '@method', 'host');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'sig1=("@method" x);created=:AA==:,;'.split('')), maxLength: 40 }),
      fc.constantFrom(
        'sig1=:AAAA:',
        'sig1=("@method" "x-a");created=1;keyid="k"',
        'sig1=()',
        'sha-256=:AAAA:',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.oneof(text, fc.uint8Array()))),
        fc.string(),
        fc.string(),
        fc.boolean(),
        (headers, target, authority, isLossy) => {
          const message = messageOf({ headers, target: `/${target}`, authority, isLossy });
          const given = rfc9421Scheme.present({ message, body: new Uint8Array() }, rfc9421Profile());
          expect(['absent', 'refused', 'presented']).toContain(given.kind);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

type Text = 'method' | 'authority' | 'target';

/** Changes one byte of a part; undefined when there is none. */
function bend(spec: MessageSpec, part: string, at: number, flip: number): MessageSpec | undefined {
  if (part === 'body') {
    const body = flipped(Buffer.from(spec.body ?? ''), at, flip);
    return body && { ...spec, body };
  }
  if (part === 'method' || part === 'authority' || part === 'target') return bentText(spec, part, at, flip);
  let isDone = false;
  const headers = (spec.headers ?? []).map(([name, old]): readonly [string, string | Uint8Array] => {
    const bytes = name === part && !isDone ? flipped(Buffer.from(old), at, flip) : undefined;
    if (bytes === undefined) return [name, old];
    isDone = true;
    return [name, bytes];
  });
  return isDone ? { ...spec, headers } : undefined;
}

function bentText(spec: MessageSpec, part: Text, at: number, flip: number): MessageSpec {
  const bytes = flipped(Buffer.from(spec[part] ?? '', 'latin1'), at, flip);
  return { ...spec, [part]: Buffer.from(bytes ?? []).toString('latin1') };
}

function flipped(bytes: Uint8Array, at: number, flip: number): Uint8Array | undefined {
  if (bytes.length === 0) return undefined;
  return bytes.map((byte, index) => (index === at % bytes.length ? byte ^ flip : byte));
}

/** White space around a value and the case of a host are not signed: such a request is the same one. */
function isSame(one: MessageSpec, other: MessageSpec): boolean {
  return normal(one) === normal(other);
}

function normal({ authority = '', headers = [], ...rest }: MessageSpec): string {
  const lines = headers.map(([name, old]) => [name, trimmed(Buffer.from(old).toString('latin1'))]);
  return JSON.stringify({ ...rest, authority: authority.toLowerCase(), lines });
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}
