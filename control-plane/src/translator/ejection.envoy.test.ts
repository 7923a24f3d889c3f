import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { eventually, freePort } from '@paymesh/common/testing';

import {
  call,
  clusterOf,
  meshOf,
  type RunningEnvoy,
  routeOf,
  runMesh,
  startUpstream,
  type Upstream,
} from '../snapshot/testing/index.ts';

const binary = findEnvoy(process.env) ?? '';

(binary === '' ? describe.skip : describe)('ejection in a real Envoy (needs envoy)', () => {
  let bad: Upstream;
  let good: Upstream;
  let envoy: RunningEnvoy;
  let port: number;
  let admin: number;

  beforeAll(async () => {
    bad = await startUpstream('bad');
    good = await startUpstream('good');
    port = await freePort();
    admin = await freePort();
    const ir = meshOf(
      [
        {
          direction: 'gateway',
          address: '127.0.0.1',
          port,
          virtualHosts: [
            { name: 'v', domains: ['*'], routes: [routeOf({ name: 'r', clusters: ['pay/payments'] })] },
          ],
        },
      ],
      [
        clusterOf('pay/payments', [bad.port, good.port], {
          outlier: { consecutive5xx: 2, intervalMs: 100, ejectMs: 60_000, maxPercent: 10 },
          healthCheck: {
            kind: 'http',
            path: '/healthz',
            intervalMs: 50,
            timeoutMs: 500,
            unhealthyThreshold: 2,
            healthyThreshold: 1,
          },
        }),
      ],
    );
    envoy = await runMesh(binary, ir, admin);
  }, 30_000);

  beforeEach(async () => {
    await bad.behave({ kind: 'answer', status: 503, paths: { '/healthz': 200 } });
    await good.behave({ kind: 'answer', status: 200 });
  });

  afterAll(async () => {
    await envoy?.stop();
    await Promise.all([bad?.die(), good?.die()]);
  });

  test('an instance that fails its calls stays away although its health check is fine', async () => {
    const send = async () => (await call({ port, path: '/pay' })).status;
    const ejected = async () => {
      const stats = await fetch(`http://127.0.0.1:${admin}/stats?filter=outlier_detection.ejections_active`);
      return Number((await stats.text()).split(': ')[1]);
    };
    const requests = (paths: (url: string) => boolean) => bad.seen.filter(({ url }) => paths(url)).length;
    for (let round = 0; round < 10 && requests((url) => url === '/pay') < 2; round += 1) await send();
    // Envoy's main thread ejects, and may be later than the next request of a worker.
    await eventually(async () => expect(await ejected()).toBe(1));
    for (let round = 0; round < 10; round += 1) await send();
    expect(requests((url) => url === '/pay')).toBe(2);
    const checks = requests((url) => url === '/healthz');
    await eventually(() => expect(requests((url) => url === '/healthz')).toBeGreaterThan(checks + 4));
    for (let round = 0; round < 10; round += 1) expect(await send()).toBe(200);
    expect(requests((url) => url === '/pay')).toBe(2);
  });
});
