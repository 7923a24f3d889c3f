import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@paymesh/common/testing';

/** What `envoy --mode validate` says against a bootstrap; empty when it accepts it. */
export function validateBootstrap(binary: string, bootstrap: object): string {
  return withConfig(bootstrap, (config) => {
    const { status, stderr } = spawnSync(binary, [...flags(config), '--mode', 'validate'], {
      encoding: 'utf8',
    });
    return status === 0 ? '' : stderr;
  });
}

export interface RunningEnvoy {
  /** Everything written to stdout so far: the access log. */
  stdout(): string;
  stop(): Promise<void>;
}

/** Runs a bootstrap until it is live. Stdout is what Node gives a child, which is a socket. */
export async function runEnvoy(binary: string, bootstrap: object, adminPort: number): Promise<RunningEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-envoy-'));
  const config = join(folder, 'bootstrap.json');
  writeFileSync(config, JSON.stringify(bootstrap));
  const child = spawn(binary, flags(config), { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  await eventually(
    async () => {
      if (child.exitCode !== null) return;
      const state = (await (await fetch(`http://127.0.0.1:${adminPort}/ready`)).text()).trim();
      if (state !== 'LIVE') throw new Error(`Envoy is ${state}`);
    },
    { timeoutMs: 20_000 },
  );
  if (child.exitCode !== null) throw new Error(`Envoy ended: ${stderr}`);
  return { stdout: () => stdout, stop };
}

function flags(config: string): string[] {
  return [
    ...['-c', config, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'],
    ...['--file-flush-interval-msec', '20'],
  ];
}

function withConfig<T>(bootstrap: object, use: (config: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-envoy-'));
  try {
    const config = join(folder, 'bootstrap.json');
    writeFileSync(config, JSON.stringify(bootstrap));
    return use(config);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
