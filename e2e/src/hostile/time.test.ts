import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type SignedGateway, sendHttp1 } from '../harness/index.ts';
import {
  bent,
  denied,
  type Ending,
  hmacSigned,
  nowSeconds,
  params,
  type Row,
  rfcSigned,
  startMerchants,
  testRows,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const WINDOW_S = 300;
const SKEW_S = 30;
/** More than a slow machine takes for a test. */
const MARGIN_S = 20;
const YEAR_9999 = 253_402_300_799;

const stale = denied('stale_timestamp', 'stale_timestamp');
const future = denied('future_timestamp', 'stale_timestamp');
const malformed = denied('malformed_timestamp', 'stale_timestamp');

const HMAC_TIMES: readonly (readonly [name: string, timestamp: () => number | string, ending: Ending])[] = [
  ['milliseconds', () => Date.now(), malformed],
  ['16 digits', () => '1'.repeat(16), malformed],
  ['negative', () => -nowSeconds(), malformed],
  ['a decimal', () => `${nowSeconds()}.0`, malformed],
  ['an exponent', () => '1e9', malformed],
  ['a date', () => '2026-01-01T00:00:00Z', malformed],
  ['the future', () => nowSeconds() + SKEW_S + MARGIN_S, future],
  ['the year 9999', () => YEAR_9999, future],
  ['too old', () => nowSeconds() - WINDOW_S - 1, stale],
  ['zero', () => 0, stale],
];

const RFC_TIMES: readonly (readonly [name: string, created: () => string, ending: Ending])[] = [
  ['milliseconds', () => String(Date.now()), future],
  ['15 digits', () => '9'.repeat(15), future],
  ['16 digits', () => '9'.repeat(16), denied('malformed_signature')],
  ['negative', () => String(-nowSeconds()), malformed],
  ['a decimal', () => `${nowSeconds()}.0`, malformed],
  ['a string', () => `"${nowSeconds()}"`, malformed],
  ['a date', () => `@${nowSeconds()}`, malformed],
  ['the future', () => String(nowSeconds() + SKEW_S + MARGIN_S), future],
  ['too old', () => String(nowSeconds() - WINDOW_S - 1), stale],
];

const TIMES: readonly Row[] = [
  ...HMAC_TIMES.map(([name, timestamp, ending]) => ({
    row: 20,
    name: `hmac: a timestamp of ${name}`,
    make: () => hmacSigned({ timestamp: timestamp() }),
    ending,
  })),
  ...RFC_TIMES.map(([name, created, ending]) => ({
    row: 20,
    name: `RFC 9421: created of ${name}`,
    make: () => rfcSigned({ params: params({ created: created() }) }),
    ending,
  })),
];

const expiring = (created: number, expires: number) =>
  rfcSigned({ params: `${params({ created: String(created) })};expires=${expires}` });

const EXPIRY: readonly Row[] = [
  {
    row: 21,
    name: 'an old signature that expires in the year 9999',
    make: () => expiring(nowSeconds() - WINDOW_S - 1, YEAR_9999),
    ending: stale,
  },
  {
    row: 21,
    name: 'a new signature that has expired',
    make: () => expiring(nowSeconds() - 2, nowSeconds() - 1),
    ending: denied('expired_signature', 'stale_timestamp'),
  },
  {
    row: 21,
    name: 'an old signature with a new time',
    make: () =>
      bent(hmacSigned({ timestamp: nowSeconds() - WINDOW_S - 1 }), 'x-timestamp', () => String(nowSeconds())),
    ending: denied('bad_signature'),
  },
];

describe('hostile times through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [...TIMES, ...EXPIRY]);

  test('row 22: a client whose clock is off within the bounds passes, as said', async () => {
    const send = async (timestamp: number) =>
      (await sendHttp1(gateway.port, hmacSigned({ timestamp }))).status;
    expect(await send(nowSeconds() - WINDOW_S + MARGIN_S)).toBe(200);
    expect(await send(nowSeconds() + SKEW_S)).toBe(200);
  });
});
