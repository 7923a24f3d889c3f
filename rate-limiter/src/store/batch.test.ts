import { describe, expect, test } from '@jest/globals';

import { batchByTurn, type Call } from './batch.ts';
import { take } from './store.contract.ts';
import type { Taken } from './types.ts';

function recorder(answer: (call: Call) => Taken) {
  const sent: string[][] = [];
  const send = (calls: readonly Call[]) => {
    sent.push(calls.flatMap(({ takes }) => takes.map(({ key }) => key)));
    return Promise.resolve(calls.map(answer));
  };
  return { sent, send };
}

const calling = (...takes: Call['takes']): Call => ({ takes, nowMs: 0 });
const hits = ({ takes }: Call): Taken => ({
  kind: 'counted',
  readings: takes.map((each) => ({ isOver: false, remaining: each.hits, resetMs: 0 })),
});
const nextTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

describe('batchByTurn', () => {
  test('sends the calls of one turn together, and gives each its part', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 100);
    const answers = await Promise.all([
      batched(calling(take('a', { hits: 1 }))),
      batched(calling()),
      batched(calling(take('b', { hits: 2 }), take('c', { hits: 3 }))),
    ]);
    expect(sent).toEqual([['a', 'b', 'c']]);
    const remaining = answers.map(
      (taken) => taken.kind === 'counted' && taken.readings.map((each) => each?.remaining),
    );
    expect(remaining).toEqual([[1], [], [2, 3]]);
  });

  test('sends those of another turn apart', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 100);
    const first = batched(calling(take('a')));
    await nextTurn();
    await Promise.all([first, batched(calling(take('b')))]);
    expect(sent).toEqual([['a'], ['b']]);
  });

  test('a batch does not grow without bound', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 2);
    const large = calling(take('c'), take('d'), take('e'));
    await Promise.all([
      batched(calling(take('a'))),
      batched(calling(take('b'))),
      batched(large),
      batched(calling(take('f'))),
    ]);
    expect(sent).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
  });

  test('a failure is told to all of the batch', async () => {
    const down: Taken = { kind: 'down', reason: 'gone' };
    const batched = batchByTurn(recorder(() => down).send, 100);
    expect(await Promise.all([batched(calling(take('a'))), batched(calling(take('b')))])).toEqual([
      down,
      down,
    ]);
  });
});
