import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { followEdits } from './follow-edits.ts';

test('each edit is told once, also after the control plane was away', async () => {
  let status: object | undefined = { revision: 'r1', isBehind: false, findings: [], proxies: [] };
  let looks = 0;
  const server = createServer((_request, response) => {
    looks += 1;
    response.statusCode = status === undefined ? 503 : 200;
    response.end(JSON.stringify(status ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const admin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told: string[] = [];
  const stop = new AbortController();
  const following = followEdits({ admin, signal: stop.signal, tell: (news) => told.push(news), lookMs: 5 });
  const looked = async () => {
    const before = looks;
    await eventually(() => expect(looks).toBeGreaterThan(before + 2));
  };
  try {
    await looked();
    expect(told).toEqual([]);
    status = undefined;
    await looked();
    status = { revision: 'r1', isBehind: true, findings: [], failure: 'the folder is gone', proxies: [] };
    await looked();
    status = { revision: 'r2', isBehind: false, findings: [], proxies: [] };
    await looked();
    expect(told).toEqual([
      'policies refused; those before the edit stay in force:\nthe folder is gone',
      'policies in force: revision r2',
    ]);
  } finally {
    stop.abort();
    await following;
    server.close();
  }
});
