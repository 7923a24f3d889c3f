import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CommandError } from '@paymesh/e2e';

import { CONNECTIONS, STREAMS } from './load/load-spec.ts';

const run = promisify(execFile);

export interface H2loadOptions {
  readonly core: string;
  readonly port: number;
  readonly path: string;
  /** The message, without the prefix of gRPC. */
  readonly message: Uint8Array;
  readonly requests: number;
}

/** Calls a second, sent by h2load: the same bytes each time. Fails when one is not answered. */
export async function h2load({ core, port, path, message, requests }: H2loadOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-h2load-'));
  const file = join(folder, 'message');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.byteLength, 1);
  writeFileSync(file, Buffer.concat([prefix, message]));
  const target = `http://127.0.0.1:${port}${path}`;
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const load = ['-n', String(requests), '-c', String(CONNECTIONS), '-m', String(STREAMS), '-d', file];
  try {
    const { stdout } = await run('taskset', ['-c', core, 'h2load', ...load, ...headers, target]);
    if (!stdout.includes(`${requests} succeeded, 0 failed`)) throw new Error(`h2load said:\n${stdout}`);
    const [, rate] = /finished in \S+, ([\d.]+) req\/s/.exec(stdout) ?? [];
    return Number(rate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fails with one sentence where a program that the benchmark runs is missing. */
export async function needPrograms(): Promise<void> {
  const packages = { h2load: 'nghttp2-client', taskset: 'util-linux', 'redis-server': 'redis-server' };
  for (const [program, debian] of Object.entries(packages)) {
    await run(program, ['--version']).catch((cause: unknown) => {
      throw new CommandError(`this benchmark runs ${program}: apt-get install ${debian}`, 1, { cause });
    });
  }
}
