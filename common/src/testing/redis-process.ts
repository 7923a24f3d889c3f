import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { isProgramAvailable } from './program.ts';

export interface RedisProcess {
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** True where a redis-server can be started. With CI=true a missing one is an error, not a skip. */
export function isRedisAvailable(): boolean {
  return isProgramAvailable('redis-server');
}

export interface SpawnRedisOptions {
  readonly port: number;
  /** Lines of its configuration file, besides port, loopback address and folder. */
  readonly config: readonly string[];
  /** Arguments after the file. */
  readonly args?: readonly string[];
}

/** Starts a redis-server on a loopback port, in a folder of its own, and waits for its PONG. */
export async function spawnRedis({ port, config, args = [] }: SpawnRedisOptions): Promise<RedisProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-redis-'));
  const file = join(folder, 'redis.conf');
  writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...config, ''].join('\n'));
  const child = spawn('redis-server', [file, ...args], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => expectReply(port, 'PING', '+PONG'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, port, process: child, stop };
}

/** Sends one command, its words separated by spaces, and gives the raw beginning of its reply. */
export function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('redis-server closed the connection')));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
  });
}

/** Rejects unless the reply has this text in it. */
export async function expectReply(port: number, command: string, text: string): Promise<void> {
  const reply = await askRedis(port, command);
  if (!reply.includes(text)) throw new Error(`redis-server said ${reply} to ${command}, not ${text}`);
}
