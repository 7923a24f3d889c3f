import { type ChildProcess, spawn } from 'node:child_process';

import {
  freePort,
  makeRedisTls,
  type RedisProcess,
  type ScrapeTarget,
  startRedisTls,
} from '@paymesh/common/testing';

import type { ScenarioMesh } from '../harness/index.ts';

/** Where a further replica of a policy service listens. */
export interface ReplicaAddress {
  readonly listen: string;
  readonly admin: string;
}

/** A replica of each service that counts, sharing a Redis; the mesh asks them when its policies say so. */
export interface Replicas {
  readonly redis: RedisProcess;
  readonly at: Readonly<Record<'ext-authz' | 'rate-limiter', ReplicaAddress>>;
  readonly targets: readonly ScrapeTarget[];
  stop(): Promise<void>;
}

/** Starts them beside a mesh, with its policies; the certificates of their Redis end in two days. They may not be ready yet. */
export async function startReplicas(mesh: ScenarioMesh, paymesh: string): Promise<Replicas> {
  const tls = makeRedisTls();
  const redis = await startRedisTls(tls);
  const secrets = ['--redis-ca', tls.caFile, '--redis-cert', tls.certFile, '--redis-key', tls.keyFile];
  const at = { 'ext-authz': await twoPorts(), 'rate-limiter': await twoPorts() };
  const start = (service: keyof typeof at, ...more: readonly string[]): ChildProcess => {
    const { listen, admin } = at[service];
    const where = ['--listen', listen, '--admin', admin, '--redis', redis.url, ...secrets, ...more];
    return spawn(process.execPath, [paymesh, service, '--config', mesh.policies, ...where], {
      stdio: 'ignore',
    });
  };
  // The usual port of quotas is that of the mesh's own limiter.
  const children = [start('ext-authz'), start('rate-limiter', '--rlqs-listen', '127.0.0.1:0')];
  return {
    redis,
    at,
    targets: Object.entries(at).map(([name, { admin }]) => ({
      ...{ name: `${name}-redis`, address: admin, path: '/metrics' },
    })),
    stop: async () => {
      for (const child of children) child.kill('SIGKILL');
      await redis.stop();
      tls.remove();
    },
  };
}

async function twoPorts(): Promise<ReplicaAddress> {
  return { listen: `127.0.0.1:${await freePort()}`, admin: `127.0.0.1:${await freePort()}` };
}
