import { type AdminAddress, startAdminServer } from '@paymesh/common/admin';
import { systemClock } from '@paymesh/common/clock';
import type { HostPort } from '@paymesh/common/config';
import { startUnaryServer } from '@paymesh/common/grpc';
import type { Running } from '@paymesh/common/lifecycle';
import type { Logger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { findingLine } from '@paymesh/common/policy';
import { openTracing } from '@paymesh/common/tracing';

import { type AuditSettings, openAudit } from './audit/index.ts';
import { checkService } from './check/index.ts';
import { createKeyEvents } from './key-events.ts';
import { createRemoteKeys, createSecretFiles, fetchText } from './keys/index.ts';
import { openStores, type StoreOptions } from './open-stores.ts';
import { policyFolder } from './policy-folder.ts';
import { createRuleFeed } from './rule-feed.ts';
import { createRuleBook } from './rules/index.ts';
import { createAuthzService } from './service.ts';
import { wechatPay } from './wechat-pay.ts';

export interface ExtAuthzOptions extends StoreOptions {
  /** Folder of policy files; all kinds must be right, KeySet and SigningPolicy are used. */
  readonly configDir: string;
  /** Where Envoy calls. */
  readonly listen: HostPort;
  /** Where `/healthz`, `/readyz`, `/metrics` and `/policies` are served. */
  readonly admin: AdminAddress;
  readonly log: Logger;
  /** Where the decision log goes. Default: standard output, one allow in 100. */
  readonly audit?: AuditSettings | undefined;
  /** Where secrets of `{env: NAME}` are. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Collector of spans (OTLP/gRPC). Default: none, and no call is looked at. */
  readonly otlp?: HostPort | undefined;
  /** Bound of the store in this process. Default 1 000 000. */
  readonly maxNonces?: number | undefined;
  /** Pause between looks at the key files, in milliseconds. Default 2 000. */
  readonly keyPollMs?: number | undefined;
}

/** Largest CheckRequest: 16 MiB of body is the most a policy can ask for, and headers come on top. */
const MAX_RECEIVE_BYTES = 17 * 1024 * 1024;
const DRAIN_MS = 5_000;
const KEY_POLL_MS = 2_000;

/** Starts the service; rejects with all findings when the folder has errors, and when a port is taken. */
export async function startExtAuthz(options: ExtAuthzOptions): Promise<Running> {
  const { configDir, redisUrl, log, env = process.env, maxNonces, keyPollMs = KEY_POLL_MS } = options;
  const folder = policyFolder(configDir);
  const registry = createRegistry('ext-authz');
  const onLoaded = createKeyEvents({ log, registry });
  const remoteKeys = createRemoteKeys({ fetchText, wechatPay, clock: systemClock, onLoaded });
  const book = createRuleBook({
    openSecrets: () => createSecretFiles(env),
    remoteKeys,
    hasRedis: redisUrl !== undefined,
    clock: systemClock,
  });
  const first = await book.apply(await folder.read());
  if (!first.isApplied) {
    remoteKeys.close();
    throw new Error(`${configDir} cannot be used:\n${first.findings.map(findingLine).join('\n')}`);
  }
  const audit = await openAudit(options.audit ?? {}, (code) => {
    if (code === undefined) log.info('the decision log is written again');
    else log.error({ code }, 'the decision log cannot be written: lines wait, then are dropped and counted');
  });
  const { certificates, ...stores } = await openStores(options, log);
  const service = createAuthzService({ audit, book, log, registry, maxNonces, ...stores });
  service.metrics.opened(certificates);
  const feed = createRuleFeed({ book, folder, log, metrics: service.metrics, redisUrl, keyPollMs });
  feed.report(first);
  let isReady = false;
  const tracing = await openTracing({ component: 'ext-authz', collector: options.otlp });
  const grpc = await startUnaryServer({
    listen: options.listen,
    services: tracing.wrap(checkService(service.check)),
    maxReceiveBytes: MAX_RECEIVE_BYTES,
    onError: (error) => log.error({ err: error }, 'a call failed'),
  }).catch(async (error: unknown) => {
    remoteKeys.close();
    await service.close();
    throw error;
  });
  const admin = await startAdminServer({
    listen: options.admin,
    registry,
    isReady: () => isReady,
    routes: { '/policies': () => feed.status() },
    streams: { '/decisions': service.tap.serve },
  }).catch(async (error: unknown) => {
    await grpc.drain(0);
    remoteKeys.close();
    await service.close();
    throw error;
  });
  feed.start();
  grpc.setServing(true);
  isReady = true;
  return {
    addresses: { listen: grpc.address, admin: admin.address },
    stop: async () => {
      isReady = false;
      await feed.close();
      await grpc.drain(DRAIN_MS);
      remoteKeys.close();
      await service.close();
      await tracing.close();
      await admin.close();
    },
  };
}
