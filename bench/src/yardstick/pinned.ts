import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { CommandError } from '@paymesh/e2e';

import type { Collection } from './gc-trace.ts';
import { startLimiterProgram } from './limiter-program.ts';
import type { ServerSpec } from './server-spec.ts';

/** The two cores that a measurement needs. */
export interface Cores {
  readonly server: string;
  /** The load, and a Redis. */
  readonly load: string;
}

/** Of /proc; fixed on Linux for all who read it. */
const TICKS_PER_SECOND = 100;

/** The first two cores that this process may use. Fails with one sentence where there are fewer. */
export function findCores(): Cores {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [server, load] = list.split(',').flatMap(expandRange);
  if (server === undefined || load === undefined) {
    throw new CommandError('this benchmark needs two cores: one for the server, one for the load');
  }
  return { server: String(server), load: String(load) };
}

function expandRange(range: string): readonly number[] {
  const [first = Number.NaN, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Moves a process that runs, with all its threads, to a core. */
export function pinProcess(pid: number | undefined, core: string): void {
  spawnSync('taskset', ['-a', '-c', '-p', core, String(pid)]);
}

/** A server in a process of its own on its own core. */
export interface PinnedServer {
  readonly port: number;
  /** Its garbage collections so far, of a server that tells of them. */
  readonly collections?: readonly Collection[];
  /** Resident memory now, in bytes. */
  residentBytes(): number;
  /** Time on the core since its start, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts a server on a core. */
export async function startServer(spec: ServerSpec, core: string): Promise<PinnedServer> {
  if (spec.kind === 'rate-limiter') {
    const { child, port, collections } = await startLimiterProgram(spec, core);
    return { ...pinned(child, port), collections };
  }
  const child = spawnNode(core, 'serve.js', spec);
  const port = await messageFrom(child);
  if (typeof port !== 'number') throw new Error(`no port from ${spec.kind}`);
  return pinned(child, port);
}

function pinned(child: ChildProcess, port: number): PinnedServer {
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  return {
    port,
    residentBytes: () => {
      const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Number(kib) * 1_024;
    },
    cpuSeconds: () => {
      // After the name in brackets: the 12th and 13th word are user and system time. (proc_pid_stat(5))
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(words[11]) + Number(words[12])) / TICKS_PER_SECOND;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs one of the processes on a core with one argument, and gives what it says at its end. */
export async function runPinned(
  core: string,
  script: string,
  argument: unknown,
  flags: readonly string[],
): Promise<unknown> {
  const child = spawnNode(core, script, argument, flags);
  try {
    return await messageFrom(child);
  } finally {
    child.kill('SIGKILL');
  }
}

function spawnNode(
  core: string,
  script: string,
  argument: unknown,
  flags: readonly string[] = [],
): ChildProcess {
  const path = fileURLToPath(new URL(`../processes/${script}`, import.meta.url));
  // taskset becomes node, so the process id is node's.
  return spawn('taskset', ['-c', core, process.execPath, ...flags, path, JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function messageFrom(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it said anything`)));
  });
}
