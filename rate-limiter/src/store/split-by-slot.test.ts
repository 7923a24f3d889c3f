import { describe, expect, test } from '@jest/globals';

import type { Call } from './batch.ts';
import { splitBySlot } from './split-by-slot.ts';
import { take } from './store.contract.ts';
import type { Taken } from './types.ts';

const calling = (...keys: readonly string[]): Call => ({ takes: keys.map((key) => take(key)), nowMs: 0 });

/** Answers each take with the length of its key as what remains; `down` for keys with an x. */
function recorder() {
  const sent: string[][][] = [];
  const apart = splitBySlot((calls) => {
    sent.push(calls.map(({ takes }) => takes.map(({ key }) => key)));
    return Promise.resolve(calls.map(answer));
  });
  const send = async (calls: readonly Call[]) => Promise.all(await apart(calls));
  return { sent, send };
}

function answer({ takes }: Call): Taken {
  if (takes.some(({ key }) => key.includes('x'))) return { kind: 'down', reason: 'gone' };
  const readings = takes.map(({ key }) => ({ isOver: false, remaining: key.length, resetMs: 0 }));
  return { kind: 'counted', readings };
}

const remaining = (answers: readonly Taken[]) =>
  answers.map((taken) => taken.kind === 'counted' && taken.readings.map((reading) => reading?.remaining));

describe('splitBySlot', () => {
  test('leaves calls of one slot together', async () => {
    const { sent, send } = recorder();
    expect(remaining(await send([calling('{a}1', '{a}22'), calling('{a}333')]))).toEqual([[4, 5], [6]]);
    expect(sent).toEqual([[['{a}1', '{a}22'], ['{a}333']]]);
  });

  test('sends each slot its part, and puts the answers together in order', async () => {
    const { sent, send } = recorder();
    const answers = await send([calling('{a}1', '{b}22', '{a}333'), calling(), calling('{b}4444')]);
    expect(remaining(answers)).toEqual([[4, 5, 6], [], [7]]);
    expect(sent).toEqual([[['{a}1', '{a}333']], [['{b}22'], ['{b}4444']]]);
  });

  test('a call of one slot does not wait for another slot', async () => {
    const apart = splitBySlot((calls) =>
      calls.some(({ takes }) => takes.some(({ key }) => key.includes('slow')))
        ? new Promise(() => undefined)
        : Promise.resolve(calls.map(answer)),
    );
    const [, quick] = await apart([calling('{a}slow'), calling('{b}1')]);
    expect(await quick).toMatchObject({ kind: 'counted' });
  });

  test('a slot that is down takes down the calls that need it, and no others', async () => {
    const { send } = recorder();
    const answers = await send([calling('{a}1', '{b}x'), calling('{a}1'), calling('{b}x')]);
    expect(answers.map(({ kind }) => kind)).toEqual(['down', 'counted', 'down']);
  });
});
