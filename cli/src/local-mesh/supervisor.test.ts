import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { createSupervisor } from './supervisor.ts';

const logs = mkdtempSync(join(tmpdir(), 'paymesh-supervisor-'));
const supervisor = createSupervisor(logs);
const env = { PATH: process.env['PATH'] ?? '' };
const sleeper = { command: ['sleep', '600'], env, cwd: logs } as const;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: it is gone.
  }
}

afterAll(() => supervisor.stopAll());

describe('createSupervisor', () => {
  test('writes what a process prints to its log', async () => {
    const child = supervisor.start({
      name: 'talker',
      command: ['sh', '-c', 'echo out; echo err >&2'],
      env,
      cwd: logs,
    });
    expect(await child.exited).toBe('0');
    await eventually(() => {
      const text = readFileSync(child.logFile, 'utf8');
      expect(text).toContain('out');
      expect(text).toContain('err');
    });
  });

  test('gives a process nothing of our environment but what it was given', async () => {
    const child = supervisor.start({
      name: 'env',
      command: ['env'],
      env: { ...env, ONLY: 'this' },
      cwd: logs,
    });
    await child.exited;
    await eventually(() => expect(readFileSync(child.logFile, 'utf8')).toContain('ONLY=this'));
    expect(readFileSync(child.logFile, 'utf8')).not.toContain('HOME=');
  });

  test('kills and starts again', async () => {
    const child = supervisor.start({ name: 'phoenix', ...sleeper });
    const first = child.pid ?? 0;
    await child.kill('SIGKILL');
    expect(child.isRunning).toBe(false);
    expect(await child.exited).toBe('SIGKILL');
    child.restart();
    expect(child.isRunning).toBe(true);
    expect(child.pid).not.toBe(first);
  });

  test('says when a program does not exist', async () => {
    const child = supervisor.start({ name: 'missing', command: ['/no/such/program'], env, cwd: logs });
    expect(await child.exited).toContain('ENOENT');
    expect(child.isRunning).toBe(false);
  });

  test('ends everything, also what does not listen to SIGTERM', async () => {
    const own = createSupervisor(logs);
    const meek = own.start({ name: 'meek', ...sleeper });
    const stubborn = own.start({
      name: 'stubborn',
      ...sleeper,
      command: ['sh', '-c', 'trap "" TERM; sleep 600 & wait; wait'],
    });
    await own.stopAll();
    expect(isAlive(meek.pid ?? 0)).toBe(false);
    expect(isAlive(stubborn.pid ?? 0)).toBe(false);
  });

  test('leaves nothing behind when its own process is killed', async () => {
    // The reaper is a shell that outlives us: seen from a process that we can kill.
    const module = join(import.meta.dirname, '../../dist/local-mesh/supervisor.js');
    const script = `import { createSupervisor } from ${JSON.stringify(module)};
      const child = createSupervisor(${JSON.stringify(logs)}).start({ name: 'orphan', command: ['sleep', '600'], env: process.env, cwd: '/' });
      console.log(child.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data) => resolve(Number(data))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});
