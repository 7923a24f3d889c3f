import { spawnSync } from 'node:child_process';

import { expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import type { LocalMesh } from '../local-mesh/index.ts';
import { welcome } from './welcome.ts';

const { documents } = loadPolicies([
  {
    path: 'edge.yaml',
    text: `apiVersion: paymesh.dev/v1
kind: Workload
metadata: { name: edge }
spec: { gateway: edge, port: 10000 }
`,
  },
]);
const mesh: LocalMesh = {
  ...{ documents, policies: 'policies', state: '.paymesh', processes: [] },
  process: () => {
    throw new Error('not asked for');
  },
  waitReady: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

test('the forgery changes the body alone, whatever digits the headers hold', () => {
  const text = welcome(mesh, { seconds: 1, options: { policies: 'policies', portOffset: 0 } });
  const [, sed] = /\| (sed \S+)\)"/.exec(text) ?? [];
  const line = `-H 'Idempotency-Key: 1795199919991' -H 'X-Nonce: a1999' -d '{"minor":1999,"currency":"CNY"}'`;
  const forged = spawnSync('sh', ['-c', sed ?? 'false'], { input: line, encoding: 'utf8' }).stdout;
  expect(forged).toBe(line.replace('"minor":1999', '"minor":9999'));
});
