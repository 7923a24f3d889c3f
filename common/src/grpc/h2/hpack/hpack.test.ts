import { connect } from 'node:http2';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { RequestHead } from '../request-head.ts';
import { echo, startH2 } from '../testing/echo-server.ts';
import { type Decoded, encodeFields, type Field, HpackDecoder } from './index.ts';

const LIMIT = 16_384;

function decode(
  decoder: HpackDecoder,
  block: Buffer,
): { said: Decoded; fields: (readonly [string, string])[] } {
  const fields: (readonly [string, string])[] = [];
  const add = ({ name, value }: Field): void => void fields.push([name, value]);
  return { said: decoder.decode(block, 0, block.byteLength, { add }), fields };
}

describe('blocks of RFC 7541, Appendix C', () => {
  const requests = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
  ] as const;
  const later = [...requests, ['cache-control', 'no-cache']] as const;
  const last = [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', '/index.html'],
    [':authority', 'www.example.com'],
    ['custom-key', 'custom-value'],
  ] as const;

  test.each([
    [
      'C.3, without Huffman',
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
    ],
    [
      'C.4, with Huffman',
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ],
    ],
  ])('%s', (_name, blocks) => {
    const decoder = new HpackDecoder(LIMIT);
    const all = blocks.map((hex) => decode(decoder, Buffer.from(hex, 'hex')));
    expect(all).toEqual([requests, later, last].map((fields) => ({ said: 'ok', fields })));
  });
});

describe('decoder', () => {
  test.each([
    ['an index of nothing', '80'],
    ['an index beyond the table', 'be'],
    ['a number without an end', 'ffffffffffffff7f'],
    ['a number that is cut short', 'ff'],
    ['a literal without a value', '0001'],
    ['a literal that is cut short', '00056162'],
    ['a table that is too large', '3fe21f'],
    ['a table size after a field', '8220'],
    ['three table sizes', '202020'],
    ['padding of eight bits', '000161 82 8fff'.replaceAll(' ', '')],
    ['EOS', '0001618 4ffffffff'.replaceAll(' ', '')],
  ])('refuses %s', (_name, hex) => {
    expect(decode(new HpackDecoder(LIMIT), Buffer.from(hex, 'hex')).said).toBe('broken');
  });

  test('reads what encodeFields writes', () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (fields) => {
        expect(decode(new HpackDecoder(LIMIT), encodeFields(fields))).toEqual({ said: 'ok', fields });
      }),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (blocks) => {
        const decoder = new HpackDecoder(LIMIT);
        for (const block of blocks) expect(decode(decoder, Buffer.from(block)).said).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what nghttp2 encodes', () => {
  let heads: RequestHead[] = [];
  let server: Awaited<ReturnType<typeof startH2>>;

  beforeAll(async () => {
    server = await startH2((stream, head) => {
      heads.push(head);
      return echo()(stream, head);
    });
  });
  afterAll(() => server.stop());

  test('is read as it was meant, over many requests of one connection', async () => {
    const name = fc.stringMatching(/^x-[a-z0-9_-]{1,20}$/);
    // Names and values that come again, so that both tables are used and outgrown.
    const known = fc.constantFrom('x-a', 'x-bb', 'accept', 'user-agent', 'traceparent');
    const value = fc.oneof(
      fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
      fc.constantFrom('a', 'x'.repeat(1_500)),
    );
    const headers = fc.dictionary(fc.oneof(name, known), value, { maxKeys: 12, noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 12 }), async (list) => {
        heads = [];
        const session = connect(`http://127.0.0.1:${server.port}`);
        for (const one of list) {
          const stream = session.request({ ':path': '/', ...one });
          await new Promise<void>((resolve, reject) => {
            stream.on('error', reject).on('close', resolve).resume();
          });
        }
        session.destroy();
        const read = heads.map((head, index) =>
          Object.fromEntries(Object.keys(list[index] ?? {}).map((key) => [key, head.get(key)])),
        );
        expect(read).toEqual(list);
      }),
      { numRuns: 50 },
    );
  });
});
