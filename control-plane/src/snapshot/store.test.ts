import { describe, expect, jest, test } from '@jest/globals';

import type { MeshSnapshot, NodeSnapshot } from './model.ts';
import { createSnapshotStore } from './store.ts';

const EMPTY = new Map();

function node(name: string, version: string): NodeSnapshot {
  return {
    node: name,
    version,
    resources: { cluster: EMPTY, endpoint: EMPTY, listener: EMPTY, route: EMPTY, policySet: EMPTY },
  };
}

function mesh(revision: string, ...nodes: NodeSnapshot[]): MeshSnapshot {
  return { revision, nodes: new Map(nodes.map((one) => [one.node, one])), limiter: node('limiter', 'l1') };
}

describe('createSnapshotStore', () => {
  test('gives every rate limiter the same, and tells them when it changes', () => {
    const store = createSnapshotStore();
    const first = mesh('r1', node('a', 'v1'));
    store.publish(first);
    const told = jest.fn();
    store.subscribe('rate-limiter/two', told);
    expect(store.get('rate-limiter/one')).toBe(first.limiter);
    store.publish(mesh('r2', node('a', 'v2')));
    expect(told).not.toHaveBeenCalled();
    const limiter = node('limiter', 'l2');
    store.publish({ ...mesh('r3', node('a', 'v2')), limiter });
    expect(told).toHaveBeenCalledWith(limiter);
  });

  test('knows nothing before the first complete state', () => {
    const store = createSnapshotStore();
    expect([store.current(), store.get('a')]).toEqual([undefined, undefined]);
  });

  test('tells the listeners of a changed node and no others', () => {
    const store = createSnapshotStore();
    const [onA, onB] = [jest.fn(), jest.fn()];
    store.publish(mesh('1', node('a', '1'), node('b', '1')));
    store.subscribe('a', onA);
    store.subscribe('b', onB);
    store.publish(mesh('2', node('a', '1'), node('b', '2')));
    expect(onA).not.toHaveBeenCalled();
    expect(onB).toHaveBeenCalledWith(node('b', '2'));
  });

  test('takes equal content for nothing new', () => {
    const store = createSnapshotStore();
    const onA = jest.fn();
    store.subscribe('a', onA);
    expect(store.publish(mesh('1', node('a', '1')))).toBe(true);
    expect(store.publish(mesh('1', node('a', '1')))).toBe(false);
    expect(onA).toHaveBeenCalledTimes(1);
  });

  test('is silent about a node that vanishes', () => {
    const store = createSnapshotStore();
    const onA = jest.fn();
    store.publish(mesh('1', node('a', '1')));
    store.subscribe('a', onA);
    store.publish(mesh('2'));
    expect(onA).not.toHaveBeenCalled();
    expect(store.get('a')).toBeUndefined();
    store.publish(mesh('3', node('a', '2')));
    expect(onA).toHaveBeenCalledTimes(1);
  });

  test('keeps two listeners of one node apart', () => {
    const store = createSnapshotStore();
    const [first, second] = [jest.fn(), jest.fn()];
    const end = store.subscribe('a', first);
    store.subscribe('a', second);
    end();
    end();
    store.publish(mesh('1', node('a', '1')));
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledTimes(1);
  });

  test('a listener may end itself while it is told', () => {
    const store = createSnapshotStore();
    const second = jest.fn();
    const end = store.subscribe('a', () => end());
    store.subscribe('a', second);
    store.publish(mesh('1', node('a', '1')));
    expect(second).toHaveBeenCalledTimes(1);
  });
});
