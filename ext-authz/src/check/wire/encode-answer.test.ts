import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { CheckResponseSchema, Code, HeaderValueOption_HeaderAppendAction } from '@paymesh/common/envoy-auth';
import * as fc from 'fast-check';

import type { Answer, AnswerHeader } from './answer.ts';
import { encodeAnswer } from './encode-answer.ts';

const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
const headers = fc.array(fc.tuple(fc.string({ minLength: 1 }), text), { maxLength: 5 });
const metadata = fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true });
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constant('ok' as const),
    headers,
    removeHeaders: fc.array(text, { maxLength: 3 }),
    metadata,
  }),
  fc.record({
    kind: fc.constant('denied' as const),
    status: fc.constantFrom(401, 403, 409, 413, 503),
    headers,
    body: fc.oneof(text, fc.string({ minLength: 5_000, maxLength: 9_000 })),
    metadata,
  }),
);

/** What the generated code makes of an answer. */
function generated(given: Answer): Uint8Array {
  const options = (lines: readonly AnswerHeader[]) =>
    lines.map(([key, value]) => ({
      header: { key, value },
      appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
    }));
  const isOk = given.kind === 'ok';
  const message = create(CheckResponseSchema, {
    status: { code: isOk ? Code.OK : Code.PERMISSION_DENIED },
    httpResponse: isOk
      ? {
          case: 'okResponse',
          value: { headers: options(given.headers), headersToRemove: [...given.removeHeaders] },
        }
      : {
          case: 'deniedResponse',
          value: { status: { code: given.status }, headers: options(given.headers), body: given.body },
        },
    dynamicMetadata: given.metadata,
  });
  return toBinary(CheckResponseSchema, message);
}

describe('encodeAnswer', () => {
  test('gives the bytes that the generated code gives', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(Buffer.from(encodeAnswer(given)).toString('hex')).toBe(
          Buffer.from(generated(given)).toString('hex'),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('a denial has a status that is not OK, and an HTTP status, whatever is in it', () => {
    fc.assert(
      fc.property(answer, (given) => {
        const { status, httpResponse } = fromBinary(CheckResponseSchema, encodeAnswer(given));
        expect(status?.code).toBe(given.kind === 'ok' ? 0 : 7);
        expect(httpResponse.case).toBe(given.kind === 'ok' ? 'okResponse' : 'deniedResponse');
        if (httpResponse.case === 'deniedResponse')
          expect(httpResponse.value.status?.code).toBeGreaterThan(400);
      }),
    );
  });

  test('gives bytes that later answers leave alone', () => {
    const one = encodeAnswer({ kind: 'ok', headers: [], removeHeaders: ['a'], metadata: {} });
    const before = Buffer.from(one).toString('hex');
    encodeAnswer({ kind: 'denied', status: 401, headers: [], body: 'x'.repeat(100), metadata: {} });
    expect(Buffer.from(one).toString('hex')).toBe(before);
  });
});
