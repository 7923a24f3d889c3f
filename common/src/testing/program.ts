import { spawnSync } from 'node:child_process';

/** True where a program can be started. With CI=true a missing one is an error, not a skip. */
export function isProgramAvailable(program: string, versionFlag = '--version'): boolean {
  const isFound = spawnSync(program, [versionFlag]).status === 0;
  if (!isFound && process.env['CI'] === 'true') {
    throw new Error(`CI=true and no ${program} on PATH: .ci/run installs it`);
  }
  return isFound;
}
