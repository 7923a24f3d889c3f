import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import type { MeshIr, ProxyIr } from '../ir/index.ts';
import { documentsRefused, policyKindOf } from './policy-kinds.ts';
import type { StreamStatus, TypeStatus } from './proxies.ts';

const KEY = '{ id: k1, owner: m, algorithm: hmac-sha256, secret: { env: K } }';
const text = [
  `apiVersion: paymesh.dev/v1\nkind: KeySet\nmetadata: { name: one }\nspec: { keys: [${KEY}] }`,
  'apiVersion: paymesh.dev/v1\nkind: Service\nmetadata: { name: one }\nspec: {}',
].join('\n---\n');
const { documents } = loadPolicies([{ path: 'all.yaml', text }]);

function origin(...places: readonly string[]) {
  const provenance = Object.fromEntries(places.map((place, index) => [String(index), place]));
  const proxy = { clusters: [{ name: 'pay/risk', provenance }] } as unknown as ProxyIr;
  return { ir: { proxies: { edge: proxy } } satisfies MeshIr, documents };
}

const REFUSED = { node: 'edge', type: 'cluster', names: ['pay/risk'], message: 'no' } as const;

describe('policyKindOf', () => {
  test.each([
    [['all.yaml:4:7'], 'KeySet'],
    [['all.yaml:9:7'], 'Service'],
    [['all.yaml:4:7', 'all.yaml:9:7'], 'several'],
    [['built-in'], 'none'],
    [['other.yaml:4:7'], 'none'],
  ])('of values typed at %j is %s', (places, kind) => {
    expect(policyKindOf(origin(...places), REFUSED)).toBe(kind);
  });

  test.each([
    ['all.yaml:9:7: error PM1203: spec: expected this; got that', 'Service'],
    ['2 errors\nall.yaml:4:7 error x\nall.yaml:9:7 error y', 'several'],
    ['/etc/passwd:1:1 error x', 'none'],
    ['', 'none'],
  ])('of what a rate limiter refuses with %j is %s', (message, kind) => {
    const refused = { node: 'rate-limiter/a', type: 'policySet', names: ['policies'], message } as const;
    expect(policyKindOf(origin(), refused)).toBe(kind);
  });
});

describe('documentsRefused', () => {
  test('are those behind the refusals that stand', () => {
    const quiet: TypeStatus = { nacks: [], isLate: false };
    const nack = { ...REFUSED, nonce: '1', version: 'v', atMs: 0 };
    const cluster = { ...quiet, nacks: [nack] };
    const types = { cluster, endpoint: quiet, listener: quiet, route: quiet, policySet: quiet };
    const stream: StreamStatus = { stream: 1, node: 'edge', connectedSinceMs: 0, types };
    const refused = documentsRefused(origin('all.yaml:9:7'), [stream]);
    expect([...refused].map(({ kind }) => kind)).toEqual(['Service']);
  });
});
