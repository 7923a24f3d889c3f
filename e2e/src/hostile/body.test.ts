import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type RawRequest, type SignedGateway, sendBytes } from '../harness/index.ts';
import {
  added,
  bent,
  byEnvoy,
  denied,
  expectPass,
  hmacSigned,
  MAX_BODY,
  PAYMENT_WRITE,
  type Row,
  rfcSigned,
  sha256Digest,
  startMerchants,
  testRows,
  watch,
  withBody,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const h1 = { over: ['HTTP/1.1'] } as const;
const h2 = { over: ['HTTP/2'] } as const;
const LONG = 'x'.repeat(MAX_BODY + 500);
const CUT = LONG.slice(0, MAX_BODY);
const tooLarge = byEnvoy(413, 'body_too_large');
const partial = denied('partial_body', 'body_too_large', 413);
const mismatch = denied('digest_mismatch', 'bad_digest');

/** Rows for both protocols, where Envoy cuts only on HTTP/2. */
function long(row: number, name: string, make: () => RawRequest): readonly Row[] {
  return [
    { row, name, make, ending: tooLarge, ...h1 },
    { row, name, make, ending: partial, ...h2 },
  ];
}

const LENGTHS: readonly Row[] = [
  ...long(12, 'a body over the limit, signed as a whole', () => hmacSigned({ body: LONG })),
  ...long(12, 'a body over the limit, of which the start is signed', () =>
    withBody(hmacSigned({ body: CUT }), LONG),
  ),
  ...long(12, 'a body over the limit, whose start has the covered digest', () =>
    withBody(rfcSigned({ body: CUT }), LONG),
  ),
  ...long(13, 'a cut body that the client calls whole', () =>
    added(withBody(hmacSigned({ body: CUT }), LONG), ['x-envoy-auth-partial-body', 'false']),
  ),
  {
    row: 14,
    name: 'less body than content-length says',
    make: () => added(hmacSigned({ body: '{"amount":1}' }), ['content-length', '20']),
    ending: byEnvoy(0),
    ...h2,
  },
  {
    row: 14,
    name: 'more body than content-length says',
    make: () => added(hmacSigned({ body: '{"amount":1}' }), ['content-length', '2']),
    ending: byEnvoy(0),
    ...h2,
  },
  {
    row: 14,
    name: 'a signed start and a rest behind content-length',
    make: () =>
      added(withBody(hmacSigned({ body: '{"a":1}' }), '{"a":1}GET /open HTTP/1.1\r\n\r\n'), [
        'content-length',
        '8',
      ]),
    ending: denied('bad_signature'),
    ...h1,
  },
  {
    row: 14,
    name: 'content-length beside chunks',
    make: () => added(chunked(hmacSigned()), ['content-length', '14']),
    ending: byEnvoy(400),
    ...h1,
  },
  {
    row: 14,
    name: 'two content-lengths',
    make: () => added(hmacSigned(), ['content-length', '14'], ['content-length', '3']),
    ending: byEnvoy(400),
    ...h1,
  },
  {
    row: 14,
    name: 'other chunks than were signed',
    make: () => chunked(withBody(hmacSigned(), '{"amount":900}')),
    ending: denied('bad_signature'),
    ...h1,
  },
  {
    row: 15,
    name: 'the body dropped, its digest kept',
    make: () => withoutBody(rfcSigned()),
    ending: mismatch,
  },
  {
    row: 15,
    name: 'the body dropped from a signed request',
    make: () => withoutBody(hmacSigned()),
    ending: denied('bad_signature'),
  },
  {
    row: 15,
    name: 'a body added to a request signed without',
    make: () => withBody(hmacSigned({ body: '' }), '{"amount":900}'),
    ending: denied('bad_signature'),
  },
];

function chunked(request: RawRequest): RawRequest {
  const body = Buffer.from(request.body ?? []);
  const chunks = [body.subarray(0, 3), body.subarray(3)].map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
  );
  return {
    ...added(request, ['transfer-encoding', 'chunked']),
    body: Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]),
  };
}

function withoutBody({ method, target, host, headers }: RawRequest): RawRequest {
  return { method, target, headers, ...(host !== undefined && { host }) };
}

const PLAIN = '{"amount":100}';
const OTHER = '{"amount":900}';
const GZIPPED = gzipSync(PLAIN);
const gzip = [['content-encoding', 'gzip']] as const;
const UNCOVERED = PAYMENT_WRITE.filter((component) => component !== '"content-digest"');
const withDigest = (digest: string, components = PAYMENT_WRITE) =>
  rfcSigned({ headers: [['content-digest', digest]], components });

const DIGESTS: readonly Row[] = [
  {
    row: 16,
    name: 'a coded body with the digest of the plain one',
    make: () => withBody(rfcSigned({ headers: gzip }), GZIPPED),
    ending: mismatch,
  },
  {
    row: 17,
    name: 'a key twice, the first as signed',
    make: () => withBody(rfcSigned(), '{"amount":100,"amount":900}'),
    ending: mismatch,
  },
  {
    row: 17,
    name: 'the same JSON spelled otherwise',
    make: () => withBody(hmacSigned(), '{ "amount": 100 }'),
    ending: denied('bad_signature'),
  },
  {
    row: 18,
    name: 'another body with its digest, which is not covered',
    make: () => withBody(withDigest(sha256Digest(OTHER), UNCOVERED), OTHER),
    ending: denied('insufficient_coverage', 'insufficient_coverage'),
  },
  {
    row: 18,
    name: 'another body with its digest in place of the covered one',
    make: () => bent(withBody(rfcSigned(), OTHER), 'content-digest', () => sha256Digest(OTHER)),
    ending: denied('bad_signature'),
  },
  {
    row: 18,
    name: 'a second digest, of another body',
    make: () => added(withBody(rfcSigned(), OTHER), ['content-digest', sha256Digest(OTHER)]),
    ending: denied('malformed_digest', 'bad_digest'),
  },
  {
    row: 19,
    name: 'md5 only',
    make: () => withDigest('md5=:lCMsW4/JJy9vc6HjbraPzw==:'),
    ending: denied('unsupported_digest', 'bad_digest'),
  },
  {
    row: 19,
    name: 'an unknown algorithm only',
    make: () => withDigest('sha-3=:lCMsW4/JJy9vc6HjbraPzw==:'),
    ending: denied('unsupported_digest', 'bad_digest'),
  },
  {
    row: 19,
    name: 'a right digest and a wrong one',
    make: () => withDigest(`${sha256Digest(PLAIN)}, sha-512=:${'A'.repeat(86)}==:`),
    ending: mismatch,
  },
  {
    row: 19,
    name: 'a digest in the old field only',
    make: () => {
      const { headers, ...request } = rfcSigned({ components: UNCOVERED });
      const lines = headers.filter(([name]) => name !== 'content-digest');
      return { ...request, headers: [...lines, ['digest', 'SHA-256=AAAA']] };
    },
    ending: denied('missing_digest', 'bad_digest'),
  },
];

const STREAMS: readonly Row[] = [
  {
    row: 53,
    name: 'a WebSocket upgrade',
    make: () =>
      added(hmacSigned({ method: 'GET', body: '' }), ['connection', 'upgrade'], ['upgrade', 'websocket']),
    ending: byEnvoy(403, 'access_denied'),
    ...h1,
  },
  {
    row: 53,
    name: 'CONNECT',
    make: () => hmacSigned({ method: 'CONNECT', target: 'pay.example:443', body: '' }),
    ending: byEnvoy(404, 'no_route'),
    ...h1,
  },
];

describe('hostile bodies through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [...LENGTHS, ...DIGESTS, ...STREAMS]);

  test('row 13: what a client says of the cut is not heard, and goes no further', async () => {
    const passed = await expectPass(gateway, added(hmacSigned(), ['x-envoy-auth-partial-body', 'true']));
    expect(passed?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('x-envoy-auth-partial-body');
  });

  test('row 14: chunks and a body without length are hashed as they come', async () => {
    const passed = await expectPass(gateway, chunked(hmacSigned()));
    expect(passed?.body.toString()).toBe(PLAIN);
    await expectPass(gateway, chunked(rfcSigned()));
    await expectPass(gateway, rfcSigned(), 'HTTP/2');
    await expectPass(gateway, hmacSigned({ body: CUT }), 'HTTP/2');
  });

  test('row 14: a second request inside the body of the first is body, or nothing', async () => {
    const inner = 'POST /hmac HTTP/1.1\r\nHost: pay.example\r\n\r\n';
    for (const framing of [
      `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
      `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
      `Content-Length: +4\r\n\r\n${inner}`,
      `Content-Length: 4,4\r\n\r\n${inner}`,
      `Content-Length : 4\r\n\r\n${inner}`,
    ]) {
      const bytes = Buffer.from(`GET /open HTTP/1.1\r\nHost: pay.example\r\n${framing}`);
      const { answer, decisions, passed } = await watch(gateway, () => sendBytes(gateway.port, bytes));
      expect([framing, answer.status >= 400, decisions, passed]).toEqual([framing, true, {}, 0]);
    }
  });

  test('row 16: a coded body passes with its own digest, as it came', async () => {
    const passed = await expectPass(gateway, rfcSigned({ headers: gzip, body: GZIPPED }));
    expect(passed?.body).toEqual(GZIPPED);
  });

  test('row 53: a stream that stays open is not checked, and reaches nobody', async () => {
    const { headers } = hmacSigned();
    const { decisions, passed } = await watch(gateway, () =>
      openStream([...headers, ['content-length', '14']]),
    );
    // Those of the other request alone.
    expect([decisions, passed]).toEqual([{ 'allow ok': 1 }, 1]);
  });
});

/** Sends all but the last byte of a body, waits until Envoy has had it, and leaves. */
async function openStream(headers: RawRequest['headers']): Promise<void> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(`POST /hmac?b=2&a=1 HTTP/1.1\r\nHost: pay.example\r\n${lines}\r\n{"amount":100`);
  // A whole request that follows on another connection is through: Envoy, of one worker, has read the first.
  await eventually(() => expectPass(gateway, rfcSigned()).then(() => undefined));
  socket.destroy();
}
