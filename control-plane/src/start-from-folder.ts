import { type AdminAddress, startAdminServer } from '@paymesh/common/admin';
import type { HostPort } from '@paymesh/common/config';
import type { Running } from '@paymesh/common/lifecycle';
import type { Logger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { findingLine } from '@paymesh/common/policy';

import { adminRoutes } from './admin/index.ts';
import { createMetrics } from './metrics.ts';
import { createPolicyFeed, isEmpty, type Pipeline, type PolicyFeed } from './policy-feed.ts';
import type { LoadedMesh, PolicyFolder } from './policy-folder.ts';
import { type AdsEvent, startAdsServer } from './server/index.ts';
import { createSnapshotStore } from './snapshot/index.ts';
import {
  createProxyTable,
  documentsRefused,
  isUpToDate,
  policyKindOf,
  reportStatus,
} from './status/index.ts';

export interface ControlPlaneOptions {
  /** Folder of policy files. */
  readonly configDir: string;
  /** Where proxies connect. */
  readonly listen: HostPort;
  /** Where `/healthz`, `/readyz`, `/metrics`, `/status` and `/snapshot` are served. */
  readonly admin: AdminAddress;
  readonly log: Logger;
}

/**
 * Starts the control plane over this folder and with these steps; rejects with all findings when it has errors. Over
 * an empty folder it starts, is not ready, and answers UNAVAILABLE until it holds a good set.
 */
export async function startFromFolder(
  { configDir, listen, admin, log }: ControlPlaneOptions,
  { folder, pipeline }: { readonly folder: PolicyFolder; readonly pipeline: Pipeline },
): Promise<Running> {
  const store = createSnapshotStore();
  const proxies = createProxyTable();
  const registry = createRegistry('control-plane');
  const metrics = createMetrics({
    registry,
    documents: () => feed.state().documents,
    connected: () => proxies.streams().map(({ node }) => node),
    refused: () => documentsRefused(feed.state(), proxies.streams()),
    policyKindOf: (node, nack) => policyKindOf(feed.state(), { node, ...nack }),
    countOutOfDate: () => proxies.streams().filter((stream) => !isUpToDate(store.current(), stream)).length,
  });
  const feed = createPolicyFeed({ pipeline, store, metrics, log });
  await applyFirst(feed, folder, configDir);
  const ads = await startAdsServer({
    listen,
    store,
    observe: (event) => {
      proxies.observe(event);
      metrics.observe(event);
      logEvent(log, event);
    },
  });
  const report = () => reportStatus({ ...feed.state(), mesh: store.current(), streams: proxies.streams() });
  const adminServer = await startAdminServer({
    listen: admin,
    registry,
    isReady: () => store.current() !== undefined,
    routes: adminRoutes({ store, report }),
  });
  const announce = () => ads.setServing(store.current() !== undefined);
  const onLoaded = (loaded: LoadedMesh) => {
    feed.apply(loaded);
    announce();
  };
  const stopWatching = folder.watch(onLoaded, (error) => feed.unreadable(error));
  announce();
  return {
    addresses: { listen: ads.address, admin: adminServer.address },
    stop: async () => {
      await stopWatching();
      await ads.close();
      await adminServer.close();
    },
  };
}

async function applyFirst(feed: PolicyFeed, folder: PolicyFolder, configDir: string): Promise<void> {
  const loaded = await folder.read();
  if (feed.apply(loaded) !== 'rejected' || isEmpty(loaded)) return;
  const { findings, failure } = feed.state();
  const lines = [...findings.map(findingLine), ...(failure === undefined ? [] : [failure])];
  throw new Error(`${configDir} cannot be used:\n${lines.join('\n')}`);
}

function logEvent(log: Logger, event: AdsEvent): void {
  const { node, stream } = event;
  switch (event.kind) {
    case 'open':
      log.info({ node, stream }, 'proxy connected');
      break;
    case 'close':
      log.info({ node, stream }, 'proxy disconnected');
      break;
    case 'nack':
      log.error({ node, stream, ...event.nack }, 'proxy refused resources');
      break;
    case 'late':
      log.warn({ node, stream, type: event.type, nonce: event.response.nonce }, 'proxy does not answer');
      break;
    case 'failed':
      log.error({ node, stream, err: event.error }, 'a defect ended the stream of a proxy');
      break;
    case 'synced':
      log.info({ node, stream, version: event.version, lagMs: event.lagMs }, 'proxy up to date');
      break;
    case 'sent':
    case 'ack':
      log.debug({ node, stream, type: event.type, nonce: event.response.nonce }, event.kind);
      break;
    default:
      event satisfies never;
  }
}
