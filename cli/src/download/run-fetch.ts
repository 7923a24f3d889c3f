import { readFileSync } from 'node:fs';

import { createSupervisor } from '../local-mesh/index.ts';

export interface FetchProcess {
  /** Short name, of its log file. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder for its temporary files and its log. */
  readonly work: string;
  /** Then it is ended, in milliseconds. */
  readonly timeoutMs: number;
}

/** Runs a program that fetches something, as a process that ends with this one. Gives why it failed, or undefined. */
export async function runFetch({
  name,
  command,
  env,
  work,
  timeoutMs,
}: FetchProcess): Promise<string | undefined> {
  const supervisor = createSupervisor(work);
  const child = supervisor.start({ name, command, env: { ...definedOnly(env), TMPDIR: work }, cwd: work });
  const timer = setTimeout(() => void child.kill('SIGKILL'), timeoutMs);
  const how = await child.exited;
  clearTimeout(timer);
  await supervisor.stopAll();
  if (how === '0') return undefined;
  return lastLine(readFileSync(child.logFile, 'utf8')) ?? `it ended with ${how}`;
}

function definedOnly(env: FetchProcess['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}
