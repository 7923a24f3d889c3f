import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { type LocalMesh, provideEnvoy, startLocalMesh } from '@paymesh/cli';
import { Pool } from 'undici';

import { type Answer, createMerchant, type Merchant, sendOn, type WireRequest } from './merchant.ts';
import { createObserver, type Observer } from './observe.ts';

/** A mesh as a scenario meets it: processes to end, merchants to pay with, places to look. */
export interface ScenarioMesh extends LocalMesh {
  /** `http://127.0.0.1:PORT` of the edge. */
  readonly edge: string;
  /** A client that signs with this key of the sample KeySet. */
  merchant(keyId: string): Merchant;
  readonly observe: Observer;
  /** Calls as the program of a workload would: through its Envoy's outbound listener, to the `host` header. */
  callFrom(workload: string, request: WireRequest): Promise<Answer>;
}

export interface ScenarioMeshOptions {
  /** Root of the repository. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (step: string) => void;
  /** Folder of policies. Default: those of the repository. */
  readonly policies?: string;
}

/** Distances at which no two ports of the sample mesh meet, and all stay below the ephemeral ports. */
const OFFSETS = [100, 200, 300, 400, 500, 600, 700, 800, 900];

/** Starts the sample mesh on free ports with a state folder of its own, which `stop` removes. */
export async function startScenarioMesh({
  root,
  env,
  onProgress,
  policies = join(root, 'policies'),
}: ScenarioMeshOptions): Promise<ScenarioMesh> {
  const envoy = await provideEnvoy(env, onProgress ?? (() => {}));
  const state = mkdtempSync(join(tmpdir(), 'paymesh-e2e-'));
  const start = (portOffset: number): Promise<LocalMesh> =>
    startLocalMesh({
      policies,
      programs: join(root, 'sample-services/mesh.yaml'),
      cwd: root,
      state,
      envoy,
      paymesh: join(root, 'cli/bin/paymesh.mjs'),
      env: { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '' },
      portOffset,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  const mesh = await startOnFreePorts(start);
  return withHelpers(mesh, resolve(state));
}

async function startOnFreePorts(start: (offset: number) => Promise<LocalMesh>): Promise<LocalMesh> {
  const first = process.pid % OFFSETS.length;
  for (const [index] of OFFSETS.entries()) {
    try {
      return await start(OFFSETS[(first + index) % OFFSETS.length] ?? 100);
    } catch (error) {
      const isBusy = error instanceof Error && error.message.includes('in use');
      if (!isBusy || index === OFFSETS.length - 1) throw error;
    }
  }
  throw new Error('no free ports');
}

function withHelpers(mesh: LocalMesh, state: string): ScenarioMesh {
  const gateway = mesh.documents.find(
    (document) => document.kind === 'Workload' && document.spec.kind === 'gateway',
  );
  if (gateway?.kind !== 'Workload') throw new Error('the sample mesh has no gateway');
  const edge = `http://127.0.0.1:${gateway.spec.port}`;
  const merchants = new Map<string, Merchant>();
  const pools = new Map<string, Pool>();
  const observe = createObserver(mesh);
  return {
    ...mesh,
    edge,
    merchant: (keyId) => {
      const known = merchants.get(keyId) ?? createMerchant({ edge, keyId, policies: mesh.policies });
      merchants.set(keyId, known);
      return known;
    },
    observe,
    callFrom: (workload, request) => {
      const pool =
        pools.get(workload) ??
        new Pool(`http://127.0.0.1:${observe.outboundPort(workload)}`, { connections: 128 });
      pools.set(workload, pool);
      return sendOn(pool, request);
    },
    stop: async () => {
      await Promise.all([...merchants.values()].map((merchant) => merchant.close()));
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      await mesh.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
