// Runs programs that never outlive this process, however it ends.
import { spawn } from 'node:child_process';

import { endWithParent } from '../cli/bin/end-with-parent.mjs';

/** Ends a process group when its standard input closes without a word, which is when its starter is gone. */
const REAPER = `
trap "" INT TERM HUP
read -r done && exit 0
kill -s TERM -- "-$1" 2>/dev/null
sleep 1
kill -s KILL -- "-$1" 2>/dev/null
`;

/** Runs a program to its end in a group of its own; resolves with its status, signal and error. */
export async function runStep(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: null, signal: null, error }));
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  if (child.pid === undefined) return ended;
  const reaper = spawn('/bin/sh', ['-c', REAPER, 'reaper', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It breaks only when the reaper was ended by hand: nothing more can be done then.
  reaper.stdin.on('error', () => {});
  reaper.unref();
  const result = await ended;
  reaper.stdin.end('done\n');
  return result;
}

/** Ends this process, and by that its steps, when it is asked to or left alone. Gives the way back. */
export function endOnSignals() {
  const end = () => process.exit(1);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/** As if asked to end by SIGTERM, when whoever started this process is gone. */
export function stopWithParent() {
  endWithParent(() => process.kill(process.pid, 'SIGTERM'));
}
