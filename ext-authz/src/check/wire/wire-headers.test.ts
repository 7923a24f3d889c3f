import { create, toBinary } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { CheckRequestSchema } from '@paymesh/common/envoy-auth';
import * as fc from 'fast-check';

import { headerList, placesOf } from '../../message/index.ts';
import { decodeCheckRequest } from './decode-check-request.ts';
import type { WireHeaders } from './wire-headers.ts';

interface Line {
  readonly key: string;
  readonly rawValue: Uint8Array;
}

/** Names that are alike, some of them not as Envoy sends them; the last letter is lower case `k` once it is lowered. */
const keys = fc.oneof(
  fc.constantFrom('', 'x-a', 'x-b', 'y-a', 'x-nonce', 'X-Nonce', 'x-nonc\u00e9', 'x-k', 'x-\u212a'),
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 3 }),
);
const lines = fc.array(fc.record({ key: keys, rawValue: fc.uint8Array({ maxLength: 8 }) }), { maxLength: 8 });

function decoded(headers: readonly Line[]): WireHeaders {
  const http = { headerMap: { headers: [...headers] } };
  const message = create(CheckRequestSchema, { attributes: { request: { http } } });
  const result = decodeCheckRequest(Buffer.from(toBinary(CheckRequestSchema, message)));
  if (result.kind === 'malformed' || result.check.http === undefined) throw new Error('not read');
  return result.check.http.headerLines;
}

test('are the lines that were sent, and are found as in a list of them', () => {
  fc.assert(
    fc.property(lines, keys, (sent, asked) => {
      const read = decoded(sent);
      const plain = sent.map(({ key, rawValue }) => ({
        name: key.toLowerCase(),
        value: Buffer.from(rawValue),
      }));
      expect([...read]).toEqual(plain);
      const list = headerList(plain);
      const name = asked.toLowerCase();
      const places = placesOf(read, name);
      expect(places).toEqual(placesOf(list, name));
      for (const place of places) {
        expect(Buffer.from(read.valueAt(place))).toEqual(list.valueAt(place));
        expect(read.textAt(place)).toBe(list.textAt(place));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a name in capitals is the same name', () => {
  const value = Buffer.from('1');
  const read = decoded([
    { key: 'x-nonce', rawValue: value },
    { key: 'X-Nonce', rawValue: value },
  ]);
  expect(placesOf(read, 'x-nonce')).toEqual([0, 1]);
});
