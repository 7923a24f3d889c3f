import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import { compileMesh } from './index.ts';

const MESH = readFileSync(
  new URL('../../testdata/compiler/in/quotas-and-guard.yaml', import.meta.url),
  'utf8',
);

function limitsOfCharge(text: string) {
  const { documents } = loadPolicies([{ path: 'mesh.yaml', text }]);
  const { ir, findings } = compileMesh(documents);
  const [listener] = ir.proxies['edge']?.listeners ?? [];
  const route = listener?.virtualHosts[0]?.routes.find(({ name }) => name === 'pay/charge#0');
  return {
    byService: route?.rateLimits.map(({ limit }) => limit),
    byProxy: route?.quotas?.map(({ limit }) => limit),
    codes: findings.map(({ code }) => code),
    quotaCluster: listener?.quotaCluster,
  };
}

describe('limits that proxies are to keep', () => {
  test('are four of a route at most; the service keeps the others', () => {
    expect(limitsOfCharge(MESH)).toEqual({
      byService: ['hour', 'all', 'week'],
      byProxy: ['burst', 'address', 'minute', 'day'],
      codes: ['PM5004'],
      quotaCluster: 'paymesh/quota',
    });
  });

  test('are kept by the service where proxies do not know who gives them their parts', () => {
    const { byService, byProxy, codes, quotaCluster } = limitsOfCharge(
      MESH.replace('quotaEndpoints: [127.0.0.1:18022], ', ''),
    );
    expect(byService).toEqual(['hour', 'all', 'burst', 'address', 'minute', 'day', 'week']);
    expect([byProxy, quotaCluster]).toEqual([undefined, undefined]);
    expect(new Set(codes)).toEqual(new Set(['PM5004']));
  });
});
