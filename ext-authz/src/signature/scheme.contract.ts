import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { denialReasons } from '../decision/index.ts';
import type { BoundKey } from './crypto/index.ts';
import type { Scheme } from './scheme.ts';
import type { OutgoingRequest, PrivateSigningKey, Signer } from './signer.ts';
import { arrivalOf, type Received, received, verdictOf } from './testing/received.ts';

/** A scheme with a key, and what its signatures cover. */
export interface SchemeCase<P> {
  readonly name: string;
  readonly scheme: Scheme<P>;
  readonly sign: Signer<P>;
  readonly profile: P;
  readonly signingKey: PrivateSigningKey;
  readonly key: BoundKey;
  /** Another key of the same algorithm. */
  readonly otherKey: BoundKey;
  /** Requests that the scheme can sign. */
  readonly requests: fc.Arbitrary<OutgoingRequest>;
  /** Parts of which every byte counts: header names too. */
  readonly covered: readonly string[];
  /** Headers that the scheme reads, in lower case. */
  readonly headers: readonly string[];
}

const NOW_MS = 1_767_225_600_000;

/** What holds for every scheme that signs bytes. */
export function describeScheme<P>(each: SchemeCase<P>): void {
  const { scheme, profile, key, requests } = each;
  const sent = (request: OutgoingRequest): Received =>
    arrivalOf(
      request,
      each.sign(request, profile, { key: each.signingKey, nowMs: NOW_MS, nonce: 'nonce-0123456789' }),
    );

  describe(`${each.name}: what is signed`, () => {
    test('verifies under its key and under no other', () => {
      fc.assert(
        fc.property(requests, (request) => {
          expect(verdictOf(scheme, profile, key, sent(request))).toBe('proven');
          expect(verdictOf(scheme, profile, each.otherKey, sent(request))).toBe('unproven');
        }),
      );
    });

    test('does not verify with one bit of what it covers flipped', () => {
      fc.assert(
        fc.property(
          requests,
          fc.constantFrom(...each.covered),
          fc.nat(),
          fc.nat({ max: 7 }),
          (request, part, at, bit) => {
            const bent = flip(sent(request), part, at, bit);
            fc.pre(bent !== undefined);
            expect(isTaken(each, bent, sent(request))).toBe(false);
          },
        ),
        { numRuns: 1_000 },
      );
    });

    test('never throws on arbitrary messages, and proves none', () => {
      const name = fc.oneof(fc.constantFrom(...each.headers), fc.string());
      const value = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 64 }));
      const headers = fc.array(fc.tuple(name, value));
      const body = fc.oneof(fc.uint8Array(), fc.json());
      fc.assert(
        fc.property(headers, body, fc.string(), fc.boolean(), (lines, bytes, target, isLossy) => {
          const verdict = verdictOf(scheme, profile, key, { headers: lines, body: bytes, target, isLossy });
          expect(['absent', 'unproven', ...denialReasons]).toContain(verdict);
        }),
        { numRuns: 500 },
      );
    });

    test('never throws where values of a right request are arbitrary', () => {
      fc.assert(
        fc.property(requests, fc.constantFrom(...each.headers), fc.string(), (request, name, text) => {
          const right = sent(request);
          const headers = (right.headers ?? []).map((line) =>
            line[0].toLowerCase() === name ? ([name, text] as const) : line,
          );
          expect(() => verdictOf(scheme, profile, key, { ...right, headers })).not.toThrow();
        }),
      );
    });
  });
}

/** True when a message passes for one of the same signer as the right one. The name of a key is not signed: it finds the key. */
function isTaken<P>({ scheme, profile, key }: SchemeCase<P>, message: Received, right: Received): boolean {
  const [found, wanted] = [message, right].map((each) => scheme.present(received(each), profile));
  if (found?.kind !== 'presented' || wanted?.kind !== 'presented') return false;
  const isSameSigner = isDeepStrictEqual(found.presented.signer, wanted.presented.signer);
  return isSameSigner && found.presented.prove(key);
}

/** Undefined where the request has no such part, or it is empty. */
function flip(message: Received, part: string, at: number, bit: number): Received | undefined {
  switch (part) {
    case 'method':
    case 'target':
    case 'authority': {
      const bytes = flipped(Buffer.from(message[part] ?? '', 'latin1'), at, bit);
      return bytes && { ...message, [part]: bytes.toString('latin1') };
    }
    case 'body': {
      const bytes = flipped(Buffer.from(message.body ?? ''), at, bit);
      return bytes && { ...message, body: bytes };
    }
    default:
      return flipHeader(message, part, at, bit);
  }
}

function flipHeader(message: Received, name: string, at: number, bit: number): Received | undefined {
  const line = message.headers?.find((other) => other[0].toLowerCase() === name);
  const bytes = line && flipped(Buffer.from(line[1]), at, bit);
  if (bytes === undefined) return undefined;
  return {
    ...message,
    headers: message.headers?.map((other) => (other === line ? [name, bytes] : other)) ?? [],
  };
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer | undefined {
  if (bytes.length === 0) return undefined;
  const copy = Buffer.from(bytes);
  const index = at % copy.length;
  copy.writeUInt8(copy.readUInt8(index) ^ (1 << bit), index);
  return copy;
}
