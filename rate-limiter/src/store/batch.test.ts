import { describe, expect, test } from '@jest/globals';

import { batchByTurn } from './batch.ts';
import { take } from './store.contract.ts';
import type { Take, Taken } from './types.ts';

function recorder(answer: (takes: readonly Take[]) => Taken) {
  const sent: string[][] = [];
  const send = (takes: readonly Take[]) => {
    sent.push(takes.map(({ key }) => key));
    return Promise.resolve(answer(takes));
  };
  return { sent, send };
}

const hits = (takes: readonly Take[]): Taken => ({ kind: 'counted', counts: takes.map((each) => each.hits) });
const nextTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

describe('batchByTurn', () => {
  test('sends the calls of one turn together, and gives each its part', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 100);
    const answers = await Promise.all([
      batched([take('a', { hits: 1 })]),
      batched([]),
      batched([take('b', { hits: 2 }), take('c', { hits: 3 })]),
    ]);
    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(answers.map((taken) => taken.kind === 'counted' && taken.counts)).toEqual([[1], [], [2, 3]]);
  });

  test('sends those of another turn apart', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 100);
    const first = batched([take('a')]);
    await nextTurn();
    await Promise.all([first, batched([take('b')])]);
    expect(sent).toEqual([['a'], ['b']]);
  });

  test('a batch does not grow without bound', async () => {
    const { sent, send } = recorder(hits);
    const batched = batchByTurn(send, 2);
    const large = [take('c'), take('d'), take('e')];
    await Promise.all([batched([take('a')]), batched([take('b')]), batched(large), batched([take('f')])]);
    expect(sent).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
  });

  test('a failure is told to all of the batch', async () => {
    const down: Taken = { kind: 'down', reason: 'gone' };
    const batched = batchByTurn(recorder(() => down).send, 100);
    expect(await Promise.all([batched([take('a')]), batched([take('b')])])).toEqual([down, down]);
  });
});
