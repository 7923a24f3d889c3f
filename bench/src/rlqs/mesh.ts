import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findEnvoy } from '@paymesh/common/envoy-binary';
import { createLogger } from '@paymesh/common/log';
import { loadPolicies } from '@paymesh/common/policy';
import { freePort } from '@paymesh/common/testing';
import { bootstrapFor, startControlPlane } from '@paymesh/control-plane';
import { CommandError } from '@paymesh/e2e';

import { type Cores, startServer } from '../yardstick/index.ts';
import { BARE_PATHS, bareBootstrap } from './bare.ts';
import { startEnvoy, upstreamBootstrap } from './envoy.ts';
import { type MeshPorts, PATHS, policies } from './policies.ts';

/** A mesh of four gateways, one upstream, control plane and limiter. */
export interface QuotaMesh {
  readonly ports: MeshPorts;
  stop(): Promise<void>;
}

/** Starts it: the gateways on one core, all else on the other. */
export async function startQuotaMesh(cores: Cores): Promise<QuotaMesh> {
  const binary = findEnvoy(process.env);
  if (binary === undefined) throw new CommandError('this benchmark runs Envoy: npx paymesh envoy install');
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-bench-rlqs-'));
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    const ports = await choosePorts();
    const text = policies(ports);
    writeFileSync(join(folder, 'mesh.yaml'), text);
    const upstream = { name: 'upstream', core: cores.load, bootstrap: upstreamBootstrap(ports.upstream) };
    stops.push(await startEnvoy({ ...upstream, binary, folder, url: `http://127.0.0.1:${ports.upstream}/` }));
    const served = { listen: ports.limiter, rlqs: ports.rlqs };
    const limiter = await startServer({ kind: 'rate-limiter', configDir: folder, ports: served }, cores.load);
    stops.push(() => limiter.stop());
    const loopback = (port: number) => ({ host: '127.0.0.1', port });
    const control = await startControlPlane({
      configDir: folder,
      listen: loopback(ports.ads),
      admin: loopback(0),
      log: createLogger({ service: 'control-plane', level: 'error' }),
    });
    stops.push(() => control.stop());
    for (const workload of gatewaysOf(text)) {
      const { name } = workload.metadata;
      const port = name === 'plain' ? ports.plain : ports.edges[Number(name.slice('edge-'.length)) - 1];
      const url = `http://127.0.0.1:${port}${name === 'plain' ? PATHS.none : PATHS.proxy}`;
      const bootstrap = bootstrapFor({ workload, controlPlane: loopback(ports.ads) });
      stops.push(await startEnvoy({ binary, folder, name, core: cores.server, bootstrap, url }));
    }
    const bare = { name: 'bare', core: cores.server, bootstrap: bareBootstrap(ports) };
    stops.push(
      await startEnvoy({ ...bare, binary, folder, url: `http://127.0.0.1:${ports.bare}${BARE_PATHS.quota}` }),
    );
    return { ports, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function gatewaysOf(text: string) {
  const { documents } = loadPolicies([{ path: 'mesh.yaml', text }]);
  return documents.flatMap((one) => (one.kind === 'Workload' && one.spec.kind === 'gateway' ? [one] : []));
}

async function choosePorts(): Promise<MeshPorts> {
  const free = (count: number) => Promise.all(Array.from({ length: count }, () => freePort()));
  const [upstream = 0, ads = 0, limiter = 0, rlqs = 0, plain = 0, bare = 0] = await free(6);
  return { upstream, ads, limiter, rlqs, plain, bare, edges: await free(3), admins: await free(4) };
}
