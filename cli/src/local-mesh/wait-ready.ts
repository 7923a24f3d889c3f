import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import type { MeshProcess } from './supervisor.ts';

const POLL_MS = 25;
const PROBE_TIMEOUT_MS = 1_000;

export interface Readiness {
  readonly process: MeshProcess;
  /** Answers 200 once the process may take work. */
  readonly url: string;
  /** Longest wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Waits until the URL answers 200. Rejects with one sentence when the process ends or time is up. */
export async function waitReady({ process, url, timeoutMs }: Readiness): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answersOk(url))) {
    if (!process.isRunning) {
      throw new Error(
        `${process.name} ended (${await process.exited}) before it was ready: see ${process.logFile}`,
      );
    }
    if (performance.now() > deadline) {
      throw new Error(
        `${process.name} was not ready within ${timeoutMs} ms (${url}): see ${process.logFile}`,
      );
    }
    await pause(POLL_MS);
  }
}

function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: PROBE_TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
