import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { CommandError } from '../output/index.ts';
import type { MeshProcess } from './supervisor.ts';

const POLL_MS = 25;
const PROBE_TIMEOUT_MS = 1_000;
/** An Envoy's answer about its clusters is some kilobytes; more is cut and counts as not ready. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface Readiness {
  readonly process: MeshProcess;
  /** Answers 200 once the process may take work. */
  readonly url: string;
  /** What its body must fulfil besides. Default: anything will do. */
  readonly isReady?: (body: string) => boolean;
  /** Longest wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Waits until the URL answers as it should. Rejects with one sentence when the process ends or time is up. */
export async function waitReady({ process, url, isReady = () => true, timeoutMs }: Readiness): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const body = await okBody(url);
    if (body !== undefined && isReady(body)) return;
    if (!process.isRunning) {
      throw new CommandError(
        `${process.name} ended (${await process.exited}) before it was ready: see ${process.logFile}`,
      );
    }
    if (performance.now() > deadline) {
      throw new CommandError(
        `${process.name} was not ready within ${timeoutMs} ms (${url}): see ${process.logFile}`,
      );
    }
    await pause(POLL_MS);
  }
}

/** The body of a 200, or undefined for everything else. */
function okBody(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: PROBE_TIMEOUT_MS, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (body.length < MAX_BODY_BYTES) body += part;
      });
      response.once('end', () => resolve(response.statusCode === 200 ? body : undefined));
      response.once('error', () => resolve(undefined));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}
