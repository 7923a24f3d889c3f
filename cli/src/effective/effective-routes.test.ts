import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { compileMesh } from '@paymesh/control-plane';

import { effectiveRoutes, renderEffective } from './index.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a' }] });
const golden = (name: string) => {
  const path = join(import.meta.dirname, `../../../control-plane/testdata/compiler/in/${name}.yaml`);
  const { documents } = loadPolicies([{ path: `${name}.yaml`, text: readFileSync(path, 'utf8') }]);
  return effectiveRoutes(documents, compileMesh(documents, new Map([['pay/refunds', KEY]])).ir);
};

describe('what holds for a route', () => {
  test('says of every part of an AccessPolicy who enforces it', () => {
    const rows = golden('access').flatMap(({ route, rows: all }) =>
      all
        .filter(({ setting }) => setting.startsWith('access'))
        .map(({ setting, enforcedBy }) => `${route} ${setting} | ${enforcedBy.join(', ')}`),
    );
    expect(rows).toEqual([
      'pay/charge access pay/charges: mtls | envoy: rbac, ext-authz',
      'pay/charge access pay/charges: no-tests | envoy: rbac, ext-authz',
      'pay/charge access pay/charges: no-night | ext-authz',
      'pay/charge access pay/charges: checkout | envoy: rbac, ext-authz',
      'pay/charge access pay/charges: otherwise | envoy: rbac, ext-authz',
      'pay/charge access pay/everything: not-admin | envoy: rbac, ext-authz',
      'pay/charge access pay/everything: others | envoy: rbac, ext-authz',
      'pay/charge access pay/everything: otherwise | envoy: rbac, ext-authz',
      'pay/charge access pay/trial-cel: reads | ext-authz',
      'pay/charge access pay/trial-cel: otherwise | ext-authz',
      'pay/charge access pay/trial-table: reads | envoy: rbac',
      'pay/charge access pay/trial-table: otherwise | envoy: rbac',
      'pay/refund access pay/everything: not-admin | envoy: rbac',
      'pay/refund access pay/everything: others | envoy: rbac',
      'pay/refund access pay/everything: otherwise | envoy: rbac',
      'pay/refund access pay/refunds: jwt | envoy: jwt_authn, envoy: rbac',
      'pay/refund access pay/refunds: outside | envoy: rbac',
      'pay/refund access pay/refunds: clerks | envoy: rbac',
      'pay/refund access pay/refunds: otherwise | envoy: rbac',
      'pay/refund access pay/trial-cel: reads | ext-authz',
      'pay/refund access pay/trial-cel: otherwise | ext-authz',
      'pay/refund access pay/trial-table: reads | envoy: rbac',
      'pay/refund access pay/trial-table: otherwise | envoy: rbac',
    ]);
  });

  test('names where each value was typed', () => {
    const [signed] = golden('gateway-signed-and-limited');
    expect(
      signed?.rows.map(({ setting, enforcedBy, from }) => [
        setting,
        enforcedBy.join(),
        /^\S+\.yaml:\d+:\d+$/.test(from),
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['signing', 'ext-authz', true],
        ['timeout.request', 'envoy: router', true],
      ]),
    );
    expect(
      signed?.rows.filter(({ setting }) => setting.startsWith('limit')).map(({ enforcedBy }) => enforcedBy),
    ).toEqual(expect.arrayContaining([['rate-limiter']]));
  });

  test('shows a failover and its tries', () => {
    const settings = golden('failover-chain').flatMap(({ rows }) =>
      rows.map(({ setting, value }) => `${setting} ${value}`),
    );
    expect(settings).toContain('failover psp/wechat, then psp/alipay, then psp/unionpay');
    expect(settings).toContain('retry.attempts 2');
  });

  test('is a table for people', () => {
    expect(renderEffective(golden('access')).split('\n')[1]).toMatch(
      /^SETTING +VALUE +ENFORCED BY +TYPED AT$/,
    );
  });
});
