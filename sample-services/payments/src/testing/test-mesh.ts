import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock as clock } from '@paymesh/common/clock';
import { createLogger } from '@paymesh/common/log';
import { createOutboundClient, isObject, startHttp } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

import { buildPayments, createResolver, openPaymentStore, startBackground } from '../index.ts';
import { startTestRouter, type TestRouter } from './test-router.ts';

const log = createLogger({ service: 'test', level: 'silent' });

/** One payments instance. */
interface TestInstance {
  readonly url: string;
  /** As SIGKILL: its connections break, its heartbeat ends, it writes and sends nothing any more. */
  kill(): void;
}

/** All services of the sample, on real HTTP, in this process. */
export interface TestMesh {
  readonly router: TestRouter;
  readonly payments: readonly TestInstance[];
  readonly urls: Readonly<Record<'orders' | 'ledger' | 'risk' | 'psp-wechat' | 'psp-alipay', string>>;
  stop(): Promise<void>;
}

const LEASE_MS = 200;
const HEARTBEAT_MS = 40;
const IN_FLIGHT_MS = 400;

type Stop = () => Promise<void> | void;

/** Starts the services and three payments instances that share one file. */
export async function startTestMesh(): Promise<TestMesh> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-samples-'));
  const router = await startTestRouter();
  const stops: Stop[] = [];
  const start = async (app: FastifyInstance, onStop: readonly Stop[] = []): Promise<string> => {
    const running = await startHttp({ app, listen: { host: '127.0.0.1', port: 0 }, onStop });
    stops.push(() => running.stop());
    return `http://${running.addresses['listen']}`;
  };
  const outbound = createOutboundClient({ url: router.url, timeoutMs: 500 });
  const store = (await call('ledger', 'openLedgerStore', ':memory:')) as { close(): void };
  const rules = await call('risk', 'readRules', { RISK_BLOCKED: 'm-blocked' });
  const common = { instance: 'test-1', log, clock };
  const urls = {
    orders: await start(await build('orders', 'buildOrders', { ...common, outbound })),
    ledger: await start(await build('ledger', 'buildLedger', { ...common, store }), [() => store.close()]),
    risk: await start(await build('risk', 'buildRisk', { ...common, rules })),
    'psp-wechat': await start(await build('psp-wechat', 'buildPspWechat', common)),
    'psp-alipay': await start(await build('psp-alipay', 'buildPspAlipay', common)),
  };
  const payments: TestInstance[] = [];
  for (const name of ['payments-1', 'payments-2', 'payments-3']) {
    payments.push(await startInstance(name, join(folder, 'payments.db'), router.url, start));
  }
  const portOf = (url: string): number => Number(new URL(url).port);
  router.ports.set('risk.pay', portOf(urls.risk)).set('ledger.pay', portOf(urls.ledger));
  router.ports
    .set('psp-wechat.psp', portOf(urls['psp-wechat']))
    .set('psp-alipay.psp', portOf(urls['psp-alipay']));
  router.ports.set('payments.pay', portOf(payments[0]?.url ?? ''));
  return {
    router,
    payments,
    urls,
    stop: async () => {
      await router.close();
      for (const stop of stops) await stop();
      await outbound.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startInstance(
  instance: string,
  path: string,
  routerUrl: string,
  start: (app: FastifyInstance, onStop: readonly Stop[]) => Promise<string>,
): Promise<TestInstance> {
  const life = { isDead: false };
  const real = openPaymentStore({ path, owner: instance, clock, leaseMs: LEASE_MS });
  const store = mortal(real, life);
  const client = createOutboundClient({ url: routerUrl, timeoutMs: 500 });
  const outbound = mortal(client, life);
  const options = { instance, log, clock, store, outbound, inFlightMs: IN_FLIGHT_MS };
  const resolver = createResolver({ ...options, orphanMs: 2_000 });
  const background = startBackground({ ...options, resolver, heartbeatMs: HEARTBEAT_MS, resolveMs: 50 });
  const app = buildPayments({ ...options, resolver });
  const url = await start(app, [() => background.stop(), () => client.close(), () => real.close()]);
  return {
    url,
    kill: () => {
      life.isDead = true;
      app.server.closeAllConnections();
      app.server.close();
    },
  };
}

/** The same, but every call fails once the instance is dead. */
function mortal<T extends object>(living: T, life: { readonly isDead: boolean }): T {
  return new Proxy(living, {
    get: (target, name, receiver) => {
      if (life.isDead && name === 'release') return () => undefined;
      if (life.isDead) return () => Promise.reject(new Error('this instance is dead'));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

async function build(service: string, name: string, options: unknown): Promise<FastifyInstance> {
  return (await call(service, name, options)) as FastifyInstance;
}

/**
 * Calls an export of another service. Loaded by name: services must not import each other, and in this test too
 * they meet on the wire only.
 */
async function call(service: string, name: string, argument: unknown): Promise<unknown> {
  const module: unknown = await import(new URL(`../../../${service}/src/index.ts`, import.meta.url).pathname);
  const found = isObject({ ...(module as object) }) ? (module as Record<string, unknown>)[name] : undefined;
  if (typeof found !== 'function') throw new Error(`${service} exports no ${name}`);
  return (found as (argument: unknown) => unknown)(argument);
}
