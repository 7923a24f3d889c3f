import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, expect, test } from '@jest/globals';

const paymesh = join(import.meta.dirname, '../../bin/paymesh.mjs');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-services-'));
const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Ready {
  readonly listen: string;
  readonly admin: string;
}

/** Starts a service on any free port and gives its process and its `ready` line. */
async function start(
  ...args: readonly string[]
): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const child = spawn(process.execPath, [paymesh, ...args, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Ready & { readonly msg: string };
    if (event.msg === 'ready') return { child, ready: event };
  }
  throw new Error(`${args.join(' ')} ended before it was ready`);
}

test('replicas on one machine start without being told of admin ports', async () => {
  writeFileSync(join(folder, 'rules.yaml'), 'domain: shop\ndescriptors: [{key: merchant}]\n');
  const [one, two] = [
    await start('rate-limiter', '--config', folder),
    await start('rate-limiter', '--config', folder),
  ];
  expect(one.ready.admin).not.toBe(two.ready.admin);
  for (const { child, ready } of [one, two]) {
    expect((await fetch(`http://${ready.admin}/readyz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});
