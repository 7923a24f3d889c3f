import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';

import {
  type RawRequest,
  type SignedGateway,
  sendHttp1,
  sendHttp2,
  startSignedGateway,
} from '../harness/index.ts';
import {
  expectPass,
  HMAC_COVER,
  hmacSigned,
  KEY_FILES,
  KEY_SETS,
  openRoute,
  signedRoute,
  watch,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startSignedGateway({
    envoy: findEnvoy(process.env) ?? '',
    // All that is not signed is open: the worst that a path could lead to.
    policies: [
      openRoute('{prefix: /}'),
      signedRoute({ name: 'signed', verify: `scheme: hmac-sha256, ${HMAC_COVER}` }),
      KEY_SETS,
    ].join(''),
    files: KEY_FILES,
  });
}, 60_000);
afterAll(() => gateway?.stop());

const SPELLINGS = [
  ...['/signed', '//signed', '///signed', '/./signed', '/%2e/signed', '/signed/', '/signed//', '/signed/.'],
  ...[
    '/signed?',
    '/signed?x',
    '/signed#x',
    '/signed%23',
    '/signed%3f',
    '/signed%2f',
    '/signed%5c',
    '/signed%00',
  ],
  ...['/signed;x', '/signed;/x', '/signed%3bx', '/;/signed', '/;x=1/signed', '/.;/signed', '/signed/;/x'],
  ...[
    '/%73igned',
    '/%2573igned',
    '/signe%64/x',
    '/Signed',
    '/SIGNED',
    '/signed%20',
    '/signed%09',
    '/signed.',
  ],
  ...['/open/../signed', '/open/%2e%2e/signed', '/open/.%2e/signed', '/open/%2E./signed', '/open/..//signed'],
  ...[
    '/open/..;/signed',
    '/open/%2e%2e;/signed',
    '/open/.%2e;x/signed',
    '/open/..%3b/signed',
    '/open/..;a;b/signed',
  ],
  ...['/open/..%2fsigned', '/open/..%2Fsigned', '/open/..%5csigned', '/open/..\\signed', '/open\\..\\signed'],
  ...['/open/..%252fsigned', '/open/%252e%252e/signed', '/open/%25252e%25252e/signed', '/open/..%255csigned'],
  ...['/open/..%c0%afsigned', '/open/%c0%ae%c0%ae/signed', '/open/..%c1%9csigned', '/open/..%u002fsigned'],
  ...['/open/..%ef%bc%8fsigned', '/open/..%09/signed', '/open/..%20/signed', '/open/..%00/signed'],
  ...['/open/;/../../signed', '/open/.;/../signed', '/open/x;a=/../../signed', '/open;/../signed'],
  ...['/open?/../signed', '/open#/../signed', '/signed/../signed', '/signed/../open/../signed'],
  ...['http://pay.example/signed', 'http://pay.example//signed', 'http://pay.example/open/..;/signed'],
  ...['signed', '?/signed', '*', '', '\\signed', '/\\signed', '/\tsigned'],
];

describe('an unsigned request, however its path is spelled, through a real Envoy', () => {
  test.each(SPELLINGS)('does not reach the program at /signed as %j', async (target) => {
    for (const send of [sendHttp1, sendHttp2]) {
      const seenBefore = gateway.passed.length;
      const request: RawRequest = { method: 'GET', target, headers: [] };
      const { answer } = await watch(gateway, () => send(gateway.port, request));
      const seen = gateway.passed.slice(seenBefore);
      for (const { url } of seen) expect(liberalReading(url)).not.toMatch(/^\/signed(?:\/|$)/);
      expect([answer.status, seen.length]).toEqual([answer.status, answer.status === 200 ? 1 : 0]);
      expect([0, 200, 400, 401]).toContain(answer.status);
    }
  });

  test('and the table is not in vain: both routes let through what they should', async () => {
    expect((await sendHttp1(gateway.port, { method: 'GET', target: '/other', headers: [] })).status).toBe(
      200,
    );
    await expectPass(gateway, hmacSigned({ target: '/signed/x?a=%3b;' }));
    expect(
      SPELLINGS.map(liberalReading).filter((path) => /^\/signed(?:\/|$)/.test(path)).length,
    ).toBeGreaterThan(30);
  });
});

const MAX_ROUNDS = 4;

/** How the most liberal of programs may read a path: decoded again and again, without parameters, folded. */
function liberalReading(url: string): string {
  let path = url.replace(/^http:\/\/[^/]*/, '').replace(/[?#].*/, '');
  for (let round = 0; round < MAX_ROUNDS; round += 1) path = decodeOnce(path);
  const segments: string[] = [];
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    const name = segment.replace(/;.*/, '');
    if (name === '..') segments.pop();
    else if (name !== '' && name !== '.') segments.push(name);
  }
  return `/${segments.join('/')}`;
}

function decodeOnce(path: string): string {
  return path
    .replaceAll(/%c0%a([ef])/gi, (_, digit: string) => (digit.toLowerCase() === 'e' ? '.' : '/'))
    .replaceAll(/%c1%9c/gi, '\\')
    .replaceAll(/%u00([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
