import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import {
  freshNonce,
  headerOf,
  NOW_S,
  type RawCheck,
  ruleSet,
  signedCheck,
  withHeader,
} from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'x-odd');
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const request = fc.record({
  method,
  path: fc.tuple(visible, visible).map(([path, query]) => `/${path}?${query}`),
  body: fc.uint8Array({ maxLength: 300 }),
  timestamp: fc.integer({ min: NOW_S - 300, max: NOW_S + 30 }),
});

describe('any request', () => {
  test('is allowed as it was signed, once', async () => {
    const authz = start(ruleSet());
    await fc.assert(
      fc.asyncProperty(request, async (spec) => {
        const check = signedCheck({ ...spec, nonce: freshNonce() });
        expect(outcome(await authz.check(check)).reason).toBe('ok');
        expect(outcome(await authz.check(check)).reason).toBe('replayed_nonce');
      }),
    );
  });

  test('is denied when one byte of it is another, and passes after that as it was', async () => {
    const authz = start(ruleSet());
    await fc.assert(
      fc.asyncProperty(
        request,
        part,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (spec, name, at, flip) => {
          const right = signedCheck({ ...spec, nonce: freshNonce() });
          const bent = bend(right, name, at, flip);
          fc.pre(bent !== undefined);
          expect(outcome(await authz.check(bent)).grpc).not.toBe(0);
          expect(outcome(await authz.check(right)).reason).toBe('ok');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('of arbitrary headers is denied without a throw', async () => {
    const authz = start(ruleSet());
    const line = fc.tuple(
      fc.oneof(
        fc.constantFrom('x-key-id', 'x-nonce', 'x-timestamp', 'x-signature', 'content-length', ':path'),
        fc.string(),
      ),
      fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 64 })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.string(),
        fc.uint8Array(),
        fc.bigInt({ min: -5n, max: 400n }),
        async (headers, path, rawBody, size) => {
          const { grpc, reason } = outcome(
            await authz.check({ ...signedCheck(), headers, path, rawBody, size }),
          );
          expect(grpc).toBe(7);
          expect(reason).not.toBe('internal_error');
        },
      ),
      { numRuns: 500 },
    );
  });
});

const part = fc.constantFrom(
  'method',
  'path',
  'body',
  'x-timestamp',
  'x-nonce',
  'x-signature',
  'x-key-id' as const,
);

/** Changes one byte of a part; undefined when there is none. */
function bend(check: RawCheck, name: string, at: number, flip: number): RawCheck | undefined {
  if (name === 'body') {
    const rawBody = flipped(check.rawBody, at, flip);
    return rawBody && { ...check, rawBody };
  }
  if (name === 'method') return { ...check, method: flippedText(check.method, at, flip) };
  if (name === 'path') {
    const path = flippedText(check.path, at, flip);
    return { ...withHeader(check, ':path', path), path };
  }
  return withHeader(check, name, flipped(Buffer.from(headerOf(check, name)), at, flip) ?? '');
}

function flipped(bytes: Uint8Array, at: number, flip: number): Uint8Array | undefined {
  if (bytes.length === 0) return undefined;
  return bytes.map((byte, index) => (index === at % bytes.length ? byte ^ flip : byte));
}

function flippedText(text: string, at: number, flip: number): string {
  return Buffer.from(flipped(Buffer.from(text, 'latin1'), at, flip) ?? []).toString('latin1');
}
