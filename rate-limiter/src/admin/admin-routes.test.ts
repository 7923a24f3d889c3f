import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AdminAnswer } from '@paymesh/common/admin';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock } from '@paymesh/common/testing';

import { createCounters, createLimiter, type Limiter } from '../limiter/index.ts';
import { openFileOverrides } from '../override-store/index.ts';
import { createEmbeddedStore } from '../store/index.ts';
import { rulesFrom } from '../testing/index.ts';
import { createTopKeys } from '../top/index.ts';
import { adminRoutes } from './index.ts';

const rules = rulesFrom([
  {
    path: 'a.yaml',
    text: `
domain: shop
descriptors:
  - key: tenant
    rate_limit: {unit: minute, requests_per_unit: 10, name: per-tenant}
  - key: user
    descriptors:
      - key: path
        value: /pay
        rate_limit: {unit: second, requests_per_unit: 1}
`,
  },
]);
const TENANT = { domain: 'shop', entries: [{ key: 'tenant', value: 'a' }] };
const OVERRIDE = { ...TENANT, label: 'tenant', requests: 2 };

let limiter: Limiter;
let call: (route: string, input?: { query?: string; json?: unknown }) => Promise<AdminAnswer>;

beforeEach(async () => {
  const overrides = await openFileOverrides();
  const store = createEmbeddedStore();
  const clock = createFakeClock(30_000);
  const log = createLogger({ service: 'test', level: 'silent' });
  const shared = { rules: () => rules, store, clock, overrides: overrides.current };
  const observer = { decided: () => undefined, unmatched: () => undefined, fellBack: () => undefined };
  limiter = createLimiter({ ...shared, localStore: store, observer });
  const routes = adminRoutes({
    counters: createCounters(shared),
    overrides: { store: overrides, rules: () => rules, log },
    quotas: { view: () => [], holders: (_domain, entries) => (entries[0]?.value === 'held' ? 2 : 0) },
    top: createTopKeys(),
    clock,
  });
  call = async (route, { query = '', json } = {}) => {
    const handler = routes[route];
    if (handler === undefined) throw new Error(`no route ${route}`);
    return handler({ query: new URLSearchParams(query), json });
  };
});

async function use(hits: number): Promise<void> {
  await limiter.decide({ domain: 'shop', descriptors: [{ entries: TENANT.entries, hits }] });
}

async function remaining(): Promise<unknown> {
  const { body } = await call('GET /counters', { query: 'domain=shop&entries=tenant=a' });
  return (body as { counters: { remaining: number; isOver: boolean }[] }).counters.map((one) => [
    one.isOver,
    one.remaining,
  ]);
}

describe('counters', () => {
  test('of a limit that proxies keep by themselves say so', async () => {
    const { body } = await call('GET /counters', { query: 'domain=shop&entries=tenant=held' });
    expect(body).toMatchObject({ proxies: 2, counters: [{}] });
    expect((await call('GET /counters', { query: 'domain=shop&entries=tenant=a' })).body).not.toHaveProperty(
      'proxies',
    );
  });

  test('are shown without being counted', async () => {
    await use(3);
    await call('GET /counters', { query: 'domain=shop&entries=tenant=a' });
    expect(await call('GET /counters', { query: 'domain=shop&entries=tenant=a' })).toEqual({
      body: {
        counters: [
          {
            label: 'tenant',
            name: 'per-tenant',
            limit: '10/minute',
            entries: TENANT.entries,
            isOver: false,
            remaining: 7,
            resetSeconds: 30,
            isOverridden: false,
            isShadow: false,
          },
        ],
      },
    });
  });

  test('are reset', async () => {
    await use(50);
    await call('POST /reset', { json: TENANT });
    expect(await remaining()).toEqual([[false, 10]]);
  });

  test.each([
    [4, 3, 9],
    [4, 300, 10],
    [10, 2, 2],
    [50, 2, 2],
    [50, 300, 10],
  ])('of %d hits, %d granted, leave %d', async (used, hits, left) => {
    await use(used);
    await call('POST /grant', { json: { ...TENANT, hits } });
    expect(await remaining()).toEqual([[false, left]]);
  });

  test.each([
    ['GET /counters', { query: 'domain=shop' }, 400],
    ['GET /counters', { query: 'entries=a=b' }, 400],
    ['GET /counters', { query: 'domain=shop&entries=a=b' }, 404],
    ['GET /counters', { query: 'domain=other&entries=a=b' }, 404],
    ['POST /reset', {}, 400],
    ['POST /reset', { json: { domain: 'shop', entries: 'tenant' } }, 400],
    ['POST /grant', { json: TENANT }, 400],
    ['POST /grant', { json: { ...TENANT, hits: -1 } }, 400],
    ['POST /grant', { json: null }, 400],
    ['GET /top', { query: 'domain=shop&by=name' }, 400],
    ['GET /top', {}, 400],
  ])('%s %j answers %d', async (route, input, status) => {
    expect((await call(route, input)).status).toBe(status);
  });
});

describe('overrides', () => {
  test('hold at once, are listed, and are removed', async () => {
    await call('PUT /overrides', { json: OVERRIDE });
    await use(1);
    expect(await remaining()).toEqual([[false, 1]]);
    expect(await call('GET /overrides')).toEqual({ body: { overrides: [OVERRIDE] } });
    expect(await call('GET /overrides', { query: 'domain=x' })).toEqual({ body: { overrides: [] } });
    const { requests: _, ...target } = OVERRIDE;
    expect(await call('DELETE /overrides', { json: target })).toEqual({ body: { removed: true } });
    expect((await call('DELETE /overrides', { json: target })).status).toBe(404);
    expect(await remaining()).toEqual([[false, 9]]);
  });

  test.each([
    [{ ...OVERRIDE, domain: 'x' }, 'domain: there is no "x"'],
    [{ ...OVERRIDE, label: 'x' }, 'label: "shop" has no rule "x"'],
    [{ ...OVERRIDE, entries: [{ key: 'x', value: '' }] }, 'have the keys tenant, and no "x"'],
    [{ ...OVERRIDE, requests: -1 }, 'requests: expected'],
    [undefined, 'expected a JSON object'],
  ])('that could never hold are refused: %j', async (json, message) => {
    expect(await call('PUT /overrides', { json })).toEqual({
      status: 400,
      body: { error: expect.stringContaining(message) },
    });
  });
});
