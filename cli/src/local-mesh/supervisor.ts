import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** What to run and where its output goes. */
export interface ProcessSpec {
  /** Unique in one mesh; names its log file. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** One process of a mesh. It can be ended and started again, as the scenarios do. */
export interface MeshProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** The file that takes its standard output and error. */
  readonly logFile: string;
  /** Resolves with the exit code (or signal name) when it ends. */
  readonly exited: Promise<string>;
  readonly isRunning: boolean;
  /** Sends a signal and waits for the end, unless the signal only pauses or resumes. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again after it has ended. */
  restart(): void;
}

export interface Supervisor {
  start(spec: ProcessSpec): MeshProcess;
  /** Ends everything: SIGTERM, and SIGKILL for what is left after the grace. */
  stopAll(): Promise<void>;
}

/** How long processes may take to end by themselves, in milliseconds. */
const STOP_GRACE_MS = 3_000;

/**
 * Ends the processes it was told of when this process is gone, however that came about: it reads from a pipe
 * that only this process holds open. A shell does it, for the whole point is to outlive a killed Node.
 */
const REAPER = `
trap "" INT TERM HUP
pids=" "
while read -r op pid; do
  case "$op" in
    add) pids="$pids$pid ";;
    del) pids=$(printf %s "$pids" | sed "s/ $pid / /");;
  esac
done
set -- $pids
[ $# -eq 0 ] && exit 0
kill -TERM "$@" 2>/dev/null
sleep 2
kill -KILL "$@" 2>/dev/null
exit 0
`;

/** Starts processes that never outlive this one. Logs go to `logFolder`, which must exist. */
export function createSupervisor(logFolder: string): Supervisor {
  const reaper = startReaper();
  const running = new Map<string, MeshProcess>();
  return {
    start: (spec) => {
      const started = startProcess(spec, join(logFolder, `${spec.name}.log`), reaper);
      running.set(spec.name, started);
      return started;
    },
    stopAll: async () => {
      await Promise.all([...running.values()].map(stop));
      reaper.end();
    },
  };
}

async function stop(child: MeshProcess): Promise<void> {
  if (!child.isRunning) return;
  const deadline = setTimeout(() => {
    child.kill('SIGKILL').catch(() => {
      // Gone in the meantime, which is what was wanted.
    });
  }, STOP_GRACE_MS);
  await child.kill('SIGTERM');
  clearTimeout(deadline);
}

function startReaper(): Writable {
  const child = spawn('/bin/sh', ['-c', REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  // The pipe breaks only when the reaper was ended by hand: nothing more can be done then.
  child.stdin.on('error', () => {});
  return child.stdin;
}

function startProcess(spec: ProcessSpec, logFile: string, reaper: Writable): MeshProcess {
  let child: ChildProcess;
  let exited: Promise<string>;
  const launch = (): void => {
    [child, exited] = spawnLogged(spec, logFile);
    const { pid } = child;
    if (pid === undefined) return;
    reaper.write(`add ${pid}\n`);
    child.once('exit', () => reaper.write(`del ${pid}\n`));
  };
  launch();
  const isRunning = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    name: spec.name,
    logFile,
    get pid() {
      return child.pid;
    },
    get exited() {
      return exited;
    },
    get isRunning() {
      return isRunning();
    },
    kill: async (signal) => {
      if (!isRunning()) return;
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
    },
    restart: () => {
      if (isRunning()) throw new Error(`${spec.name} is still running`);
      launch();
    },
  };
}

function spawnLogged(spec: ProcessSpec, logFile: string): [ChildProcess, Promise<string>] {
  const [program, ...args] = spec.command;
  const log = openSync(logFile, 'a');
  // A group of its own: Ctrl-C on the terminal reaches us alone, and we end the others in order.
  const child = spawn(program, args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      appendFileSync(logFile, `${error.message}\n`);
      resolve(error.message);
    });
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  return [child, exited];
}
