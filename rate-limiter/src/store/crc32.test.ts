import { crc32 } from 'node:zlib';

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { crc32Of } from './crc32.ts';

test('gives what zlib gives, of any part', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, from) => {
      const start = Math.min(from, bytes.length);
      expect(crc32Of(bytes, start, bytes.length)).toBe(crc32(bytes.subarray(start)));
    }),
  );
});
