import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '@paymesh/common/testing';

/** An Envoy to start. */
export interface EnvoySpec {
  readonly binary: string;
  readonly folder: string;
  readonly name: string;
  readonly core: string;
  readonly bootstrap: object;
  /** It answers here once it is ready. */
  readonly url: string;
}

/** What types of Envoy's extensions begin with. */
export const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const START_MS = 20_000;

/** Starts an Envoy of one worker on a core, and waits until it answers 200; gives what ends it. */
export async function startEnvoy(spec: EnvoySpec): Promise<() => Promise<void>> {
  const { binary, folder, name, core, bootstrap, url } = spec;
  const config = join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify(bootstrap));
  const flags = ['-c', config, '--concurrency', '1', '--disable-hot-restart', '-l', 'off'];
  // taskset becomes Envoy, so the process id is Envoy's.
  const child = spawn('taskset', ['-c', core, binary, ...flags], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await eventually(
      async () => {
        const { status } = await fetch(url);
        if (status !== 200) throw new Error(`${name} answers ${status}`);
      },
      { timeoutMs: START_MS },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** An Envoy that answers every request with 200 by itself: an upstream that is never the slowest. */
export function upstreamBootstrap(port: number): object {
  const answer = { status: 200, body: { inline_string: 'ok' } };
  const routes = [{ match: { prefix: '/' }, direct_response: answer }];
  return { static_resources: { listeners: [httpListener({ port, routes, filters: [] })] } };
}

/** What a listener is made of: routes, and filters before the router. */
export interface HttpListener {
  readonly port: number;
  readonly routes: readonly object[];
  readonly filters: readonly object[];
}

/** A listener for HTTP with one virtual host, and nothing that is not said. */
export function httpListener({ port, routes, filters }: HttpListener): object {
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': `${EXTENSIONS}.filters.http.router.v3.Router` },
  };
  const manager = {
    '@type': `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'http',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
    http_filters: [...filters, router],
  };
  const filter = { name: 'envoy.filters.network.http_connection_manager', typed_config: manager };
  return { address: address(port), filter_chains: [{ filters: [filter] }] };
}

/** A port of loopback. */
export function address(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}
