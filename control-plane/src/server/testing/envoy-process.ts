import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@paymesh/common/testing';

export interface EnvoyProcess {
  /** Fetches a path of the admin port as text. */
  admin(path: string): Promise<string>;
  /** One counter or gauge. */
  stat(name: string): Promise<number>;
  stop(): Promise<void>;
}

export interface EnvoyOptions {
  readonly binary: string;
  readonly node: string;
  readonly adsPort: number;
  readonly adminPort: number;
}

/** A real Envoy that takes everything over ADS. */
export function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  const { binary, adminPort } = options;
  return startEnvoyWith({ binary, adminPort, bootstrap: bootstrap(options) });
}

/** A real Envoy with this bootstrap. */
export async function startEnvoyWith(options: {
  readonly binary: string;
  readonly bootstrap: object;
  readonly adminPort: number;
}): Promise<EnvoyProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-envoy-'));
  const config = join(folder, 'bootstrap.json');
  const log = join(folder, 'envoy.log');
  writeFileSync(config, JSON.stringify(options.bootstrap));
  const child = spawn(
    options.binary,
    [
      '-c',
      config,
      '--concurrency',
      '1',
      '--disable-hot-restart',
      '--log-level',
      'warning',
      '--log-path',
      log,
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const admin = async (path: string) => (await fetch(`http://127.0.0.1:${options.adminPort}${path}`)).text();
  const process: EnvoyProcess = {
    admin,
    stat: async (name) => statOf(await admin(`/stats?filter=^${name}$`)),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await eventually(() => isLive(child, admin, log), { timeoutMs: 20_000 });
  return process;
}

async function isLive(
  child: ChildProcess,
  admin: (path: string) => Promise<string>,
  log: string,
): Promise<void> {
  if (child.exitCode !== null) throw new Error(`Envoy ended: ${readFileSync(log, 'utf8')}`);
  const state = (await admin('/ready')).trim();
  if (state !== 'LIVE') throw new Error(`Envoy is ${state}`);
}

function statOf(text: string): number {
  const value = /: (\d+)\s*$/.exec(text)?.[1];
  if (value === undefined) throw new Error(`no such stat: ${text}`);
  return Number(value);
}

function bootstrap({ node, adsPort, adminPort }: EnvoyOptions): object {
  const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  const ads = { ads: {}, resource_api_version: 'V3' };
  return {
    node: { id: node, cluster: 'test' },
    admin: { address: address(adminPort) },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'ads' } }],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: {
      clusters: [
        {
          name: 'ads',
          connect_timeout: '0.25s',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'ads',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(adsPort) } }] }],
          },
        },
      ],
    },
  };
}
