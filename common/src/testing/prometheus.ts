import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { isProgramAvailable } from './program.ts';

/** What is scraped: one process. */
export interface ScrapeTarget {
  /** The `job` of its series. */
  readonly name: string;
  /** `HOST:PORT`. */
  readonly address: string;
  /** Default `/metrics`. */
  readonly path?: string;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  /** Files of rules by path; the last part of each names it. Default: none. */
  readonly rules?: ReadonlyMap<string, string>;
}

export interface PrometheusProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** How often each target is scraped and each rule evaluated. */
const EVERY = '1s';
/** A cold start on a busy machine. */
const READY_MS = 60_000;
/** The last characters of what it says are kept. */
const MAX_SAID = 4_000;

/** True where a prometheus can be started. With CI=true a missing one is an error, not a skip. */
export function isPrometheusAvailable(): boolean {
  return isProgramAvailable('prometheus');
}

/** Starts a prometheus on a loopback port, in a folder of its own, and waits until it is ready. */
export async function startPrometheus({
  targets,
  rules = new Map(),
}: PrometheusOptions): Promise<PrometheusProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yaml');
  const files = new Map([...rules].map(([path, text]) => [basename(path), text]));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeFileSync(config, configOf(targets, [...files.keys()]));
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/tsdb`, `--web.listen-address=${address}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = `${said}${data.toString()}`.slice(-MAX_SAID);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://${address}`;
  try {
    await eventually(() => expectReady(url), { timeoutMs: READY_MS, everyMs: 100 });
  } catch (error) {
    await stop();
    throw new Error(`prometheus did not start; it said: ${said}`, { cause: error });
  }
  return { url, stop };
}

async function expectReady(url: string): Promise<void> {
  const { status } = await fetch(`${url}/-/ready`);
  if (status !== 200) throw new Error(`prometheus is not ready: ${status}`);
}

/** JSON is YAML. */
function configOf(targets: readonly ScrapeTarget[], rules: readonly string[]): string {
  return JSON.stringify({
    global: { scrape_interval: EVERY, scrape_timeout: EVERY, evaluation_interval: EVERY },
    rule_files: rules,
    scrape_configs: targets.map(({ name, address, path = '/metrics' }) => ({
      job_name: name,
      metrics_path: path,
      static_configs: [{ targets: [address] }],
    })),
  });
}
