import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@paymesh/common/clock';
import { createLogger } from '@paymesh/common/log';
import { createRegistry, type Registry } from '@paymesh/common/metrics';
import { eventually } from '@paymesh/common/testing';
import { createSigner, loadPrivateKey } from '@paymesh/ext-authz/client';

import type { Charge } from './charge-book.ts';
import { createNotifier, type Notifier, type NotifierOptions } from './notifier.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const key = loadPrivateKey({ id: 'PUB_KEY_ID_1', algorithm: 'rsa-v1_5-sha256', pem });

let merchant: Server;
let arrived: { readonly body: string; readonly headers: IncomingHttpHeaders }[];
/** What the merchant answers, one after the other; the last for ever. A status of 0 is no answer at all. */
let answers: number[];
let registry: Registry;
let notifier: Notifier;

beforeEach(async () => {
  arrived = [];
  answers = [204];
  registry = createRegistry('psp-test');
  merchant = createServer((request, response) => {
    void text(request).then((body) => {
      arrived.push({ body, headers: request.headers });
      const status = (answers.length > 1 ? answers.shift() : answers[0]) ?? 204;
      if (status > 0) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
  notifier = start();
});

afterEach(async () => {
  await notifier.stop();
  merchant.closeAllConnections();
  merchant.close();
});

function start(change: Partial<NotifierOptions> = {}): Notifier {
  return createNotifier({
    url: `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/notify`,
    signer: createSigner({ scheme: 'wechatpay', message: 'callback', key }),
    bodyOf: ({ outTradeNo }, nowMs) => ({ outTradeNo, nowMs }),
    isTaken: (status) => status === 204,
    firstPauseMs: 1,
    clock: systemClock,
    log: createLogger({ service: 'test', level: 'silent' }),
    registry,
    ...change,
  });
}

function charge(outTradeNo: string): Charge {
  const amount = { minor: 100, currency: 'CNY' };
  return { outTradeNo, tradeId: 't-1', amount, chargedAt: 0, refundedMinor: 0 };
}

async function count(result: string): Promise<number> {
  const { values } = (await registry.getSingleMetric('psp_sim_notifications_total')?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels['result'] === result)?.value ?? 0;
}

describe('a notification', () => {
  test('is told once when it is taken', async () => {
    notifier.notify(charge('p-1'));
    expect(arrived).toHaveLength(0);
    await eventually(async () => expect(await count('taken')).toBe(1));
    expect(arrived).toHaveLength(1);
    expect(JSON.parse(arrived[0]?.body ?? '')).toMatchObject({ outTradeNo: 'p-1' });
    expect(arrived[0]?.headers['wechatpay-serial']).toBe('PUB_KEY_ID_1');
  });

  test('is told again until it is taken: the same words, signed anew', async () => {
    answers = [503, 401, 204];
    notifier.notify(charge('p-1'));
    await eventually(async () => expect(await count('taken')).toBe(1));
    expect(await count('refused')).toBe(2);
    expect(new Set(arrived.map(({ body }) => body)).size).toBe(1);
    expect(new Set(arrived.map(({ headers }) => headers['wechatpay-nonce'])).size).toBe(3);
  });

  test('is given up when nobody takes it', async () => {
    answers = [500];
    notifier.notify(charge('p-1'));
    await eventually(async () => expect(await count('given_up')).toBe(1));
    expect(arrived).toHaveLength(8);
  });

  test('that cannot be sent is tried again', async () => {
    await notifier.stop();
    registry = createRegistry('other');
    notifier = start({ registry, url: 'http://127.0.0.1:1/notify' });
    notifier.notify(charge('p-1'));
    await eventually(async () => expect(await count('failed')).toBeGreaterThan(1));
  });
});

test('a merchant who does not answer keeps nobody from stopping', async () => {
  answers = [0];
  notifier.notify(charge('p-1'));
  await eventually(() => expect(arrived).toHaveLength(1));
  await notifier.stop();
  notifier.notify(charge('p-2'));
  expect(await count('dropped')).toBe(1);
});

test('no more than a thousand are under way', async () => {
  await notifier.stop();
  registry = createRegistry('other');
  notifier = start({
    registry,
    firstPauseMs: 60_000,
    signer: {
      sign: () => {
        throw new Error('no');
      },
    },
  });
  for (let index = 0; index < 1_003; index += 1) notifier.notify(charge(`p-${index}`));
  expect(await count('dropped')).toBe(3);
});
