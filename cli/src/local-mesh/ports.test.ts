import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '@paymesh/common/testing';

import { refuseBusyPorts } from './ports.ts';

let holder: Server;
let held: number;

beforeAll(async () => {
  holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  held = (holder.address() as AddressInfo).port;
});

afterAll(() => {
  holder.close();
});

describe('refuseBusyPorts', () => {
  test('passes when all are free', async () => {
    await refuseBusyPorts([{ owner: 'edge', host: '127.0.0.1', port: await freePort() }]);
  });

  test('names the port, its owner, and what to do', async () => {
    await expect(refuseBusyPorts([{ owner: 'edge', host: '127.0.0.1', port: held }])).rejects.toThrow(
      `port ${held} (edge) is in use: end the other program (another mesh?), or start this one elsewhere with --port-offset 100`,
    );
  });
});

test('a second sample mesh at the distance that is advised meets no port of the first', () => {
  const folder = join(import.meta.dirname, '../../../policies');
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const ports = texts.flatMap((text) => text.match(/\b[12]\d{4}\b/g) ?? []).map(Number);
  expect(ports.length).toBeGreaterThan(30);
  expect(ports.filter((port) => ports.includes(port + 100))).toEqual([]);
});
