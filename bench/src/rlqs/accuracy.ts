import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { COUNTED_PER_MINUTE, type MeshPorts, PATHS } from './policies.ts';

/** Requests a second at each of the three Envoys: three times the limit in all. */
const OFFERED = [220, 60, 20] as const;
const WARM_UP_SECONDS = 15;
const MINUTE_SECONDS = 60;
const STEP_MS = 50;
const GOAL_PERCENT = 5;

/** Counts what three Envoys with uneven load let pass in a minute, once each has its part. */
export async function measureAccuracy({ edges }: MeshPorts, print: (line: string) => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  try {
    await offerAll(edges, WARM_UP_SECONDS, agent);
    const passed = await offerAll(edges, MINUTE_SECONDS, agent);
    const all = passed.reduce((sum, one) => sum + one, 0);
    const off = (all / COUNTED_PER_MINUTE - 1) * 100;
    print(
      `three Envoys, ${OFFERED.join(', ')} requests a second offered: ${passed.join(' + ')} = ${all} passed`,
    );
    print(
      `limit ${COUNTED_PER_MINUTE} a minute: off by ${off.toFixed(1)} % (goal: ${GOAL_PERCENT} % at most)`,
    );
  } finally {
    agent.destroy();
  }
}

function offerAll(edges: readonly number[], seconds: number, agent: Agent): Promise<number[]> {
  return Promise.all(OFFERED.map((perSecond, index) => offer(edges[index] ?? 0, perSecond, seconds, agent)));
}

/** Gives how many were answered with 200. */
async function offer(port: number, perSecond: number, seconds: number, agent: Agent): Promise<number> {
  const startedMs = performance.now();
  const answers: Promise<number>[] = [];
  while (performance.now() - startedMs < seconds * 1_000) {
    const due = Math.floor(((performance.now() - startedMs) * perSecond) / 1_000);
    while (answers.length < due) answers.push(ask(port, agent));
    await pause(STEP_MS);
  }
  return (await Promise.all(answers)).filter((status) => status === 200).length;
}

function ask(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: PATHS.counted, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
