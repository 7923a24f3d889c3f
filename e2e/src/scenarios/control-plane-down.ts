import { setTimeout as pause } from 'node:timers/promises';

import { createExpectations, runLoadUntil, type Scenario, statusCounts, until } from '../harness/index.ts';

const PER_SECOND = 40;
/** Envoy's own back-off after an outage is up to half a minute (measured), in milliseconds. */
const RECONNECT_TIMEOUT_MS = 45_000;

/** The control plane dies and comes back. */
export const controlPlaneDown: Scenario = {
  name: 'control-plane-down',
  summary:
    'SIGKILL of the control plane under load: no errors; after its restart all reconnect and nothing reloads',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-vip-2026');
    const proxies = mesh.documents.flatMap((document) =>
      document.kind === 'Workload' ? [document.metadata.name] : [],
    );
    const reloads = async (): Promise<number> => {
      const counts = await Promise.all(
        proxies.flatMap((proxy) =>
          [
            'listener_manager.listener_modified',
            'listener_manager.listener_in_place_updated',
            'cluster_manager.cluster_modified',
            // What is sent again is no reload where it says the same, but twenty proxies would feel it.
            'listener_manager.lds.update_success',
            'cluster_manager.cds.update_success',
          ].map((stat) => mesh.observe.envoyStat(proxy, stat)),
        ),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const connected = async (): Promise<number> => {
      const states = await Promise.all(
        proxies.map((proxy) => mesh.observe.envoyStat(proxy, 'control_plane.connected_state')),
      );
      return states.filter((state) => state === 1).length;
    };
    const before = await reloads();
    const over = new AbortController();
    const load = runLoadUntil(over.signal, { perSecond: PER_SECOND, send: () => merchant.pay() });
    await pause(1_000);
    await mesh.process('control-plane').kill('SIGKILL');
    await pause(2_000);
    expect((await connected()) === 0, 'a proxy says that it is connected to a dead control plane');
    mesh.process('control-plane').restart();
    await mesh.waitReady('control-plane');
    const start = performance.now();
    const all = await until(
      async () => ((await connected()) === proxies.length ? true : undefined),
      RECONNECT_TIMEOUT_MS,
      100,
    );
    measure('reconnectMs', performance.now() - start);
    await pause(500);
    over.abort();
    const sent = await load;
    measure('answers', statusCounts(sent));
    expect(all === true, `only ${await connected()} of ${proxies.length} proxies reconnected`);
    expect(
      sent.every(({ answer }) => answer.status === 201),
      `clients saw ${statusCounts(sent)}`,
    );
    const reloaded = (await reloads()) - before;
    measure('reloads', reloaded);
    expect(
      reloaded === 0,
      `${reloaded} listeners or clusters were sent or reloaded though nothing had changed`,
    );
    return verdict();
  },
};
