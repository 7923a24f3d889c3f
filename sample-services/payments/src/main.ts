import { randomBytes } from 'node:crypto';

import { systemClock as clock } from '@paymesh/common/clock';
import { type Running, runService } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import {
  createOutboundClient,
  readEnvironment,
  readSecretFile,
  startHttp,
  wholeNumber,
} from '@paymesh/sample-kit';

import { buildPayments, createResolver, openPaymentStore, startBackground } from './index.ts';

const { listen, instance, logLevel, outboundUrl } = readEnvironment(process.env, 'payments');
const log = createLogger({ service: 'payments', level: logLevel });

async function start(): Promise<Running> {
  const timeoutMs = wholeNumber(process.env, 'CALL_TIMEOUT_MS', { fallback: 5_000, max: 60_000 });
  const inFlightMs = wholeNumber(process.env, 'IN_FLIGHT_MS', { fallback: 20_000, max: 600_000 });
  const apiV3Key = readSecretFile(process.env, 'APIV3_KEY_FILE');
  const store = openPaymentStore({
    path: process.env['DATABASE'] ?? ':memory:',
    // A new life of the same instance is another owner: the payments of the last one are to be taken over.
    owner: `${instance}-${randomBytes(4).toString('hex')}`,
    clock,
  });
  const outbound = createOutboundClient({ url: outboundUrl, timeoutMs });
  const resolver = createResolver({ store, outbound, clock, log, inFlightMs });
  const background = startBackground({ store, resolver, clock, log });
  const app = buildPayments({ instance, log, clock, store, outbound, resolver, inFlightMs, apiV3Key });
  const onStop = [() => background.stop(), () => outbound.close(), () => store.close()];
  return startHttp({ app, listen, onStop });
}

await runService({ log, start });
