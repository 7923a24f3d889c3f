import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isProgramAvailable } from './program.ts';

/** What ends a browser that hangs; a cold one on a busy machine takes half a minute. */
const TIMEOUT_MS = 120_000;

/** True where a chromium can be started. With CI=true a missing one is an error, not a skip. */
export function isChromiumAvailable(): boolean {
  return isProgramAvailable('chromium');
}

export interface ShownPage {
  readonly url: string;
  /** What the window shows is written here, as PNG. */
  readonly picture: string;
  /** Of the window, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** Opens a page, takes its picture and gives it as HTML, as it is once its scripts have run. */
export function showPage({ url, picture, width, height }: ShownPage): Promise<string> {
  return chromium(['--dump-dom', `--screenshot=${picture}`, `--window-size=${width},${height}`, url]);
}

async function chromium(args: readonly string[]): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'paymesh-chromium-'));
  // No sandbox: CI runs as root, where Chromium has none, and pages are our own.
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--virtual-time-budget=2000',
  ];
  const child = spawn('chromium', [...flags, `--user-data-dir=${profile}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => err.push(data));
  const status = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  if (status !== 0) throw new Error(`chromium ended with ${status}: ${Buffer.concat(err).toString()}`);
  return Buffer.concat(out).toString();
}
