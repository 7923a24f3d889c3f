import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import { parsePolicyFiles } from '@paymesh/common/policy';

import { readPolicies } from '../policies/index.ts';
import { boardsOf } from './boards/all.ts';
import { factsOf } from './facts.ts';
import { toGrafana } from './to-grafana.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const boards = boardsOf(factsOf(await readPolicies(join(root, 'policies'))));
const panels = boards.flatMap((board) =>
  (toGrafana(board).panels ?? []).flatMap((panel) =>
    'targets' in panel && panel.targets !== undefined
      ? [{ ...panel, board: board.name, targets: panel.targets as unknown as Target[] }]
      : [],
  ),
);

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: object;
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

describe('the eight boards', () => {
  test.each(panels.map((panel) => [`${panel.board}: ${panel.title ?? ''}`, panel] as const))(
    '%s is complete',
    (_name, panel) => {
      expect(panel.description).toMatch(/^[A-Z0-9].{15,}\.$/s);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/);
      expect(panel.datasource).toEqual(DATASOURCE);
      expect(panel.targets.length).toBeGreaterThan(0);
      for (const { expr, legendFormat, datasource } of panel.targets) {
        expect(datasource).toEqual(DATASOURCE);
        expect(legendFormat).not.toBe('');
        // Any other window is too short for some zoom, or hides what happens in another.
        expect(expr.match(/\[[^\]]*\]/g) ?? []).toEqual(
          (expr.match(/\[[^\]]*\]/g) ?? []).map(() => '[$__rate_interval]'),
        );
        expect(countersWithoutRate(expr)).toEqual([]);
      }
    },
  );

  test.each(boards)('$name has no two panels of one title', ({ rows }) => {
    const titles = rows.flatMap((row) => row.panels.map(({ title }) => title));
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('every board marks new revisions and lets its reader choose the Prometheus', () => {
    expect(boards).toHaveLength(8);
    for (const board of boards) {
      const { annotations, templating } = toGrafana(board);
      expect(annotations?.list?.map(({ name }) => name)).toEqual(['Config revisions']);
      expect(templating?.list?.map(({ name }) => name)).toEqual(['datasource']);
    }
  });

  test('a limit that proxies keep has no panel, for the rate limiter does not decide on it', () => {
    const text = `apiVersion: paymesh.dev/v1
kind: MeshDefaults
metadata: {name: default}
spec:
  rateLimiter: {endpoints: [127.0.0.1:1], quotaEndpoints: [127.0.0.1:2], admin: 127.0.0.1:3}
---
apiVersion: paymesh.dev/v1
kind: Service
metadata: {name: refunds, namespace: pay}
spec: {protocol: http}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: refund, namespace: pay}
spec: {service: refunds, match: [{path: {exact: /v1/refunds}}]}
---
apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: {name: few, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: refund}]
  limits: [{name: kept, rate: 5/s, enforce: proxy}, {name: asked, rate: 5/s}]
  onStoreDown: {fallback: Open}
`;
    const { documents, findings } = parsePolicyFiles([{ path: 'new.yaml', text }]);
    expect(findings).toEqual([]);
    expect(factsOf(documents).limits).toEqual(['pay/few/asked']);
  });

  test('a new route, limit and service get their panels', () => {
    const text = `apiVersion: paymesh.dev/v1
kind: Service
metadata: {name: refunds, namespace: pay}
spec: {protocol: http}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: refund, namespace: pay}
spec: {service: refunds, parent: edge, match: [{path: {exact: /v1/refunds}}]}
---
apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: {name: few, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: refund}]
  limits: [{name: all, per: [remoteAddress], rate: 5/s, scope: Global}]
  onStoreDown: {fallback: Open}
`;
    const { documents, findings } = parsePolicyFiles([{ path: 'new.yaml', text }]);
    expect(findings).toEqual([]);
    const titles = boardsOf(factsOf(documents)).flatMap(({ rows }) => rows.map(({ title }) => title));
    expect(titles).toEqual(
      expect.arrayContaining(['Service pay/refunds', 'Route pay/refund', 'Limit pay/few/all']),
    );
  });
});

/** Counters stand in `rate(` or `increase(`: their bare value says how long a process has run. */
function countersWithoutRate(expr: string): readonly string[] {
  return [...expr.matchAll(/(\w+\()?\b(\w+_(?:total|bucket|count|sum))\b(?!\()/g)]
    .flatMap(([, call, name]) => (call === 'rate(' || call === 'increase(' ? [] : [name ?? '']))
    .filter((name) => !name.startsWith('envoy_cluster_membership'));
}
