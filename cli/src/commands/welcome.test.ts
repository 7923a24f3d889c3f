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
const options = { policies: 'policies', portOffset: 0 };
const mesh: LocalMesh = {
  ...{ documents, policies: 'policies', state: '.paymesh', processes: [] },
  process: () => {
    throw new Error('not asked for');
  },
  waitReady: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

test.each([
  ['', ''],
  [', quotaEndpoints: [127.0.0.1:18022]', '  quotas 127.0.0.1:18022'],
])('the limiter is listed with the port of quotas where Envoys know one (%s)', (more, shown) => {
  const text = `apiVersion: paymesh.dev/v1
kind: MeshDefaults
metadata: { name: default }
spec:
  controlPlane: { listen: 127.0.0.1:18000, admin: 127.0.0.1:18001 }
  extAuthz: { endpoints: [127.0.0.1:18010], admin: 127.0.0.1:18011 }
  rateLimiter: { endpoints: [127.0.0.1:18020], admin: 127.0.0.1:18021${more} }
`;
  const policies = loadPolicies([{ path: 'defaults.yaml', text }]);
  const printed = welcome({ ...mesh, documents: policies.documents }, { seconds: 1, options });
  const line = printed.split('\n').find((one) => one.startsWith('rate-limiter'));
  expect(line).toBe(`rate-limiter   127.0.0.1:18020  admin 127.0.0.1:18021${shown}`);
});

test('the forgery changes the body alone, whatever digits the headers hold', () => {
  const text = welcome(mesh, { seconds: 1, options });
  const [, sed] = /\| (sed \S+)\)"/.exec(text) ?? [];
  const line = `-H 'Idempotency-Key: 1795199919991' -H 'X-Nonce: a1999' -d '{"minor":1999,"currency":"CNY"}'`;
  const forged = spawnSync('sh', ['-c', sed ?? 'false'], { input: line, encoding: 'utf8' }).stdout;
  expect(forged).toBe(line.replace('"minor":1999', '"minor":9999'));
});
