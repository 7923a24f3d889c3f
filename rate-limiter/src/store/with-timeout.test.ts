import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';

import { withTimeout } from './with-timeout.ts';

const never = () => new Promise<never>(() => undefined);
const after = (ms: number) =>
  new Promise<string>((resolve) => {
    setTimeout(() => resolve('done'), ms);
  });

function keepBusy(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('withTimeout', () => {
  test('gives what the work gives', async () => {
    expect(await withTimeout(Promise.resolve(5), 1_000)).toBe(5);
    await expect(withTimeout(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
  });

  test('rejects after its time', async () => {
    await expect(withTimeout(never(), 5)).rejects.toThrow('no answer within 5 ms');
  });

  test('forgives a process that was held up', async () => {
    const work = withTimeout(after(60), 40);
    keepBusy(90);
    expect(await work).toBe('done');
  });

  test('reads an answer that is there already when its timer fires', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [peer] = (await once(server, 'connection')) as [Socket];
    const work = withTimeout(once(client, 'data'), 100);
    peer.write('answer');
    keepBusy(110);
    await expect(work).resolves.toEqual([Buffer.from('answer')]);
    client.destroy();
    server.close();
  });

  test('forgives once', async () => {
    const work = withTimeout(never(), 20);
    keepBusy(60);
    await expect(work).rejects.toThrow('no answer');
  });
});
