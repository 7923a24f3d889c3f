import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { type Collection, parseCollection } from './gc-trace.ts';
import type { ServerSpec } from './server-spec.ts';

/** What users run. */
const PAYMESH = fileURLToPath(new URL('../../../cli/bin/paymesh.mjs', import.meta.url));
const IMAGE = fileURLToPath(new URL('../../../rate-limiter/Dockerfile', import.meta.url));
const HOST = '127.0.0.1';

export interface LimiterProgram {
  readonly child: ChildProcess;
  readonly port: number;
  /** Grows. */
  readonly collections: readonly Collection[];
}

/** Starts the command `paymesh rate-limiter` on a core, as its image does; V8 tells of its collections. */
export async function startLimiterProgram(
  { configDir, redisUrl, ports = { listen: 0, rlqs: 0 } }: Extract<ServerSpec, { kind: 'rate-limiter' }>,
  core: string,
): Promise<LimiterProgram> {
  const at = (port: number): string => `${HOST}:${port}`;
  const where = ['--listen', at(ports.listen), '--rlqs-listen', at(ports.rlqs), '--admin', at(0)];
  const redis = redisUrl === undefined ? [] : ['--redis', redisUrl];
  const command = [PAYMESH, 'rate-limiter', '--config', configDir, ...where, ...redis];
  // taskset becomes node, so the process id is node's.
  const flags = ['-c', core, process.execPath, ...flagsOfImage(), '--trace-gc'];
  const child = spawn('taskset', [...flags, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const collections: Collection[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const collection = parseCollection(line);
      if (collection !== undefined) collections.push(collection);
      const listen = line.startsWith('{') ? readyAddress(line) : undefined;
      if (listen !== undefined) resolve(Number(listen.split(':').at(-1)));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`paymesh rate-limiter ended with ${code}`)));
  });
  return { child, port, collections };
}

/** Of node, in `ENTRYPOINT ["node", "--flag", ..., "paymesh.mjs", ...]`. */
function flagsOfImage(): readonly string[] {
  const [, words = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(IMAGE, 'utf8')) ?? [];
  return (JSON.parse(words) as readonly string[]).filter((word) => word.startsWith('--'));
}

function readyAddress(line: string): string | undefined {
  const event = JSON.parse(line) as { readonly msg?: string; readonly listen?: string };
  return event.msg === 'ready' ? event.listen : undefined;
}
