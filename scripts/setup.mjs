// Makes a checkout ready to run: dependencies, generated Envoy types, build. Quick when nothing changed.
// Imports nothing but Node itself, for it runs before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { endOnSignals, runStep, stopWithParent } from './step.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19];

/** Ends the process with one sentence. */
export function fail(sentence) {
  console.error(`paymesh: ${sentence}`);
  process.exit(1);
}

/** Installs, generates and builds what is missing or stale. */
export async function setup() {
  checkNode();
  stopWithParent();
  const restore = endOnSignals();
  await installDependencies().catch(refuseSystemError);
  await run('generating the Envoy types', process.execPath, ['scripts/generate-envoy-types.mjs']);
  await build();
  restore();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
}

async function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.paymesh-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  startOver();
  console.error('installing dependencies (a minute or two, only when they change)');
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which mirrors of the
  // registry may not have. With --no-save the lock file decides all the same and stays as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm?.endsWith('.js')) await run('npm install', process.execPath, [npm, ...args]);
  else await run('npm install', 'npm', args);
  writeFileSync(stamp, lock);
  rmSync(unfinished);
}

/** Marks an install under way: npm takes a package that was half unpacked for a whole one. */
const unfinished = join(root, 'node_modules/.paymesh-unfinished');

/** Throws away what an install that was ended in the middle left. */
function startOver() {
  const modules = dirname(unfinished);
  if (existsSync(unfinished)) rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  writeFileSync(unfinished, '');
}

/** A folder that may not be written, a full disk: the message names it, a stack would not help. */
function refuseSystemError(error) {
  if (error?.syscall === undefined) throw error;
  fail(
    `cannot install the dependencies in ${root} (${error.message}): is it writable, and has the disk room?`,
  );
}

async function build() {
  if (!existsSync(join(root, 'cli/dist'))) console.error('building (about 10 s the first time)');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run('building', process.execPath, [tsc, '-b']);
}

async function run(what, command, args) {
  const done = await runStep(command, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  if (done.status === 0) return;
  if (done.signal) process.exit(1); // Whoever sent it knows.
  fail(`${what} failed (${done.error?.message ?? `exit code ${done.status}`}); what it printed stands above`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setup();
