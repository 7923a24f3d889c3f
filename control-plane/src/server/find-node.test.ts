import { describe, expect, test } from '@jest/globals';

import { createSnapshotStore } from '../snapshot/index.ts';
import { findNode, nearNames } from './find-node.ts';
import { GRPC_STATUS } from './grpc-status.ts';
import { meshSnapshot, nodeSnapshot } from './testing/resources.ts';

const NAMES = ['edge', 'orders-1', 'payments-1', 'payments-2', 'payments-3'];

function refusalOf(id: string | undefined) {
  const store = createSnapshotStore();
  store.publish(meshSnapshot(...NAMES.map((name) => nodeSnapshot(name, []))));
  const found = findNode(store, id);
  if (found.kind === 'found') throw new Error('found');
  return found.end;
}

describe('findNode', () => {
  test('finds the snapshot of a Workload', () => {
    const store = createSnapshotStore();
    const edge = nodeSnapshot('edge', []);
    store.publish(meshSnapshot(edge));
    expect(findNode(store, 'edge')).toEqual({ kind: 'found', snapshot: edge });
  });

  test('takes a rate limiter by any name that may be one, without a Workload', () => {
    const store = createSnapshotStore();
    const mesh = meshSnapshot(nodeSnapshot('edge', []));
    store.publish(mesh);
    expect(findNode(store, 'rate-limiter/pod-7')).toEqual({ kind: 'found', snapshot: mesh.limiter });
    for (const id of ['rate-limiter/', 'rate-limiter/a b', `rate-limiter/${'a'.repeat(101)}`]) {
      expect(findNode(store, id)).toMatchObject({ kind: 'refused', end: { code: GRPC_STATUS.notFound } });
    }
  });

  test('60: is unavailable before the first state', () => {
    const found = findNode(createSnapshotStore(), 'edge');
    expect(found).toMatchObject({ kind: 'refused', end: { code: GRPC_STATUS.unavailable } });
  });

  test.each([undefined, ''])('26: refuses a missing id (%s)', (id) => {
    expect(refusalOf(id)).toEqual({
      code: GRPC_STATUS.invalidArgument,
      details: 'node.id is missing; it must be the name of a Workload',
    });
  });

  test('names near Workloads for an unknown id', () => {
    expect(refusalOf('payment-1')).toEqual({
      code: GRPC_STATUS.notFound,
      details:
        'no Workload is named "payment-1": node.id must be the name of a Workload; did you mean payments-1, payments-2, payments-3?',
    });
  });

  test('bounds and quotes what it repeats of the id', () => {
    const { details } = refusalOf(`x"\n${'y'.repeat(5_000)}`);
    expect(details).toContain('"x\\"\\n');
    expect(details.length).toBeLessThan(300);
  });
});

describe('nearNames', () => {
  test.each([
    ['payments', ['payments-1', 'payments-2', 'payments-3']],
    ['EDGE', ['edge']],
    ['completely-different', []],
  ])('%s', (id, expected) => {
    expect(nearNames(id, NAMES)).toEqual(expected);
  });

  test('gives five at most', () => {
    const many = Array.from({ length: 20 }, (_, index) => `payments-${index}`);
    expect(nearNames('payments', many)).toHaveLength(5);
  });
});
