import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Command, InvalidArgumentError } from 'commander';

import type { CommandContext } from '../context.ts';
import { provideEnvoy } from '../envoy/index.ts';
import { type LocalMesh, startLocalMesh } from '../local-mesh/index.ts';
import { followEdits } from '../mesh-status/index.ts';
import { CommandError, EXIT, print, printError } from '../output/index.ts';
import { redisUrl } from './arguments.ts';
import { welcome } from './welcome.ts';

interface UpOptions {
  readonly policies: string;
  readonly programs: string;
  readonly state?: string;
  readonly portOffset: number;
  readonly redis?: string;
}

/** `paymesh up`: a whole mesh on this machine, until Ctrl-C. */
export function upCommand({ env }: CommandContext): Command {
  return new Command('up')
    .description('Run a whole mesh on this machine: policy services, programs, and an Envoy beside each.')
    .option('--policies <dir>', 'folder of policy files; edits take effect while it runs', 'policies')
    .option('--programs <file>', 'the program behind each workload', 'sample-services/mesh.yaml')
    .option(
      '--state <dir>',
      'folder for logs, databases and generated files (default: ".paymesh", or a sub-folder of it for another --port-offset)',
    )
    .option('--port-offset <n>', 'move every port by n, to run a second mesh', wholeNumber, 0)
    .option('--redis <url>', 'keep nonces and counters in Redis; default: in the processes', redisUrl)
    .addHelpText('after', '\nExamples:\n  $ npx paymesh up\n  $ npx paymesh up --port-offset 100')
    .action((options: UpOptions) => runUp(options, env));
}

async function runUp(options: UpOptions, env: CommandContext['env']): Promise<void> {
  const startedAt = performance.now();
  const stopAsked = stopSignal();
  for (const path of [options.policies, options.programs]) {
    if (!existsSync(path))
      throw new CommandError(`${path} does not exist: run this in the repository, or name it with a flag`);
  }
  const envoy = await Promise.race([provideEnvoy(env, printError), stopAsked.then(() => undefined)]);
  if (envoy === undefined) process.exit(EXIT.failed);
  const starting = startLocalMesh({
    policies: options.policies,
    programs: options.programs,
    cwd: dirname(dirname(realpathSync(resolve(options.programs)))),
    state: options.state ?? defaultState(options.portOffset),
    envoy,
    paymesh: join(dirname(fileURLToPath(import.meta.url)), '../../bin/paymesh.mjs'),
    env: processEnv(env),
    portOffset: options.portOffset,
    onProgress: printError,
    ...(options.redis === undefined ? {} : { redisUrl: options.redis }),
  });
  const mesh = await Promise.race([starting, stopAsked]);
  if (typeof mesh === 'string') {
    // Asked to stop in the middle of the start: the processes are ended by their supervisor's reaper.
    process.exit(EXIT.failed);
  }
  print(welcome(mesh, { seconds: (performance.now() - startedAt) / 1_000, options }));
  const watching = new AbortController();
  tellOfEnds(mesh, watching.signal);
  void tellOfEdits(mesh, watching.signal);
  await stopAsked;
  watching.abort();
  printError('stopping the mesh');
  await mesh.stop();
  process.exit(process.exitCode ?? EXIT.ok);
}

/** A second mesh beside the first has databases of its own: payments of two meshes in one file would mix. */
export function defaultState(portOffset: number): string {
  return portOffset === 0 ? '.paymesh' : join('.paymesh', `offset-${portOffset}`);
}

/** Resolves with the signal that asks this process to end. A parent that is gone counts as SIGTERM: bin/paymesh.mjs. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolveSignal) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolveSignal(signal));
  });
}

/** Says when a process of the mesh ends by itself; the mesh goes on, as a mesh should. */
function tellOfEnds(mesh: LocalMesh, until: AbortSignal): void {
  for (const child of mesh.processes) {
    void child.exited.then((how) => {
      if (!until.aborted) printError(`${child.name} ended (${how}): see ${child.logFile}`);
    });
  }
}

/** Says what becomes of each edit of the policies. */
async function tellOfEdits(mesh: LocalMesh, signal: AbortSignal): Promise<void> {
  const defaults = mesh.documents.find((document) => document.kind === 'MeshDefaults');
  if (defaults !== undefined)
    await followEdits({ admin: defaults.spec.controlPlane.admin, signal, tell: printError });
}

/** What programs need to run, and nothing that might be secret. */
function processEnv(env: CommandContext['env']): Record<string, string> {
  const wanted = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_OPTIONS'];
  return Object.fromEntries(wanted.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected a whole number such as 1000');
  return Number(text);
}
