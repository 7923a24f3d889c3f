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
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'upstream',
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [
            { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'ok' } } },
          ],
        },
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  return {
    static_resources: {
      listeners: [
        {
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [
            { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
          ],
        },
      ],
    },
  };
}
