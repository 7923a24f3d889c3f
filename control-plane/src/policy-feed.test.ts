import { describe, expect, jest, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { type Finding, loadPolicies } from '@paymesh/common/policy';

import { createPolicyFeed, type Pipeline } from './policy-feed.ts';
import { createSnapshotStore } from './snapshot/index.ts';

const ERROR: Finding = {
  code: 'PM1203',
  severity: 'error',
  at: { file: 'a.yaml', line: 3, column: 7 },
  subject: 'RetryPolicy pay/charge',
  path: 'spec.attempts',
  expected: 'a number from 1 to 5',
  got: '"many"',
};
const WARNING: Finding = { ...ERROR, severity: 'warning' };
const EMPTY = { documents: [], findings: [], hasErrors: false };
const GOOD = loadPolicies([
  {
    path: 'a.yaml',
    text: 'apiVersion: paymesh.dev/v1\nkind: Service\nmetadata: { name: payments, namespace: pay }\nspec: { protocol: http, owners: [team-pay] }\n',
  },
]);
const IR = { proxies: {} };
const NONE = new Map();
const LIMITER = {
  node: 'rate-limiter',
  version: 'l1',
  resources: { cluster: NONE, endpoint: NONE, listener: NONE, route: NONE, policySet: NONE },
};

function start(pipeline: Partial<Pipeline> = {}) {
  const lines: string[] = [];
  const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  const store = createSnapshotStore();
  const metrics = { loaded: jest.fn(), revision: jest.fn() };
  let revision = 'r1';
  const feed = createPolicyFeed({
    pipeline: {
      compile: () => ({ ir: IR, findings: [] }),
      build: () => ({ snapshot: { revision, nodes: new Map(), limiter: LIMITER } }),
      ...pipeline,
    },
    store,
    metrics,
    log,
  });
  const setRevision = (next: string) => {
    revision = next;
  };
  return { feed, store, metrics, lines, setRevision };
}

describe('createPolicyFeed', () => {
  test('publishes a good set', () => {
    const { feed, store, metrics } = start();
    expect(feed.apply(GOOD)).toBe('applied');
    expect(store.current()?.revision).toBe('r1');
    expect(feed.state()).toMatchObject({ ir: IR, isBehind: false, findings: [] });
    expect(metrics.revision).toHaveBeenCalledWith('r1');
    expect(metrics.loaded).toHaveBeenCalledWith('applied', expect.any(Number));
  });

  test('does nothing for equal content', () => {
    const { feed, metrics } = start();
    feed.apply(GOOD);
    const { lastGoodSinceMs } = feed.state();
    expect(feed.apply(GOOD)).toBe('unchanged');
    expect(feed.state().lastGoodSinceMs).toBe(lastGoodSinceMs);
    expect(metrics.revision).toHaveBeenCalledTimes(1);
  });

  test('keeps the last good set when the folder is emptied, and says so until it is filled again', () => {
    const { feed, store } = start();
    expect(feed.apply(GOOD)).toBe('applied');
    expect(feed.apply(EMPTY)).toBe('rejected');
    expect(store.current()?.revision).toBe('r1');
    expect(feed.state()).toMatchObject({
      isBehind: true,
      failure: expect.stringContaining('no policies in the folder'),
    });
    expect(feed.apply(GOOD)).toBe('unchanged');
    expect(feed.state()).toMatchObject({ isBehind: false });
  });

  test('keeps the last good set when the folder cannot be read, and says so until it can', () => {
    const { feed, store, metrics } = start();
    feed.apply(GOOD);
    feed.unreadable(new Error('ENOENT: no such folder'));
    expect(store.current()?.revision).toBe('r1');
    expect(feed.state()).toMatchObject({ ir: IR, isBehind: true, failure: 'ENOENT: no such folder' });
    expect(metrics.loaded).toHaveBeenLastCalledWith('rejected', 0);
    expect(feed.apply(GOOD)).toBe('unchanged');
    expect(feed.state()).toMatchObject({ isBehind: false });
    expect(feed.state().failure).toBeUndefined();
  });

  test('keeps the last good set when files have errors, and logs each finding on one line', () => {
    const { feed, store, lines, setRevision } = start();
    feed.apply(GOOD);
    setRevision('r2');
    expect(feed.apply({ ...GOOD, findings: [ERROR], hasErrors: true })).toBe('rejected');
    expect(store.current()?.revision).toBe('r1');
    expect(feed.state()).toMatchObject({ ir: IR, isBehind: true, findings: [ERROR] });
    expect(lines.join('')).toContain(
      'a.yaml:3:7 error PM1203 RetryPolicy pay/charge spec.attempts: expected a number from 1 to 5; got',
    );
    expect(feed.apply(GOOD)).toBe('applied');
    expect(feed.state()).toMatchObject({ isBehind: false, findings: [] });
  });

  test('takes a set with warnings and shows them', () => {
    const { feed } = start();
    expect(feed.apply({ ...GOOD, findings: [WARNING] })).toBe('applied');
    expect(feed.state().findings).toEqual([WARNING]);
  });

  test.each<[string, Partial<Pipeline>, string | undefined]>([
    ['an error of the compiler', { compile: () => ({ ir: IR, findings: [ERROR] }) }, undefined],
    [
      'a resource that breaks a rule',
      {
        build: () => ({
          violations: [{ node: 'edge', type: 'route', name: 'gateway', path: 'x', rule: 'r', message: 'no' }],
        }),
      },
      'edge: route gateway at x: no (r)',
    ],
    [
      'a defect',
      {
        build: () => {
          throw new Error('a defect');
        },
      },
      'a defect',
    ],
  ])('rejects %s', (_, pipeline, failure) => {
    const { feed, store } = start(pipeline);
    expect(feed.apply(GOOD)).toBe('rejected');
    expect(store.current()).toBeUndefined();
    expect(feed.state().failure).toBe(failure);
  });
});
