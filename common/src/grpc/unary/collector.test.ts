import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createBudget } from './budget.ts';
import { createCollector } from './collector.ts';
import { messagePrefix } from './frame.ts';
import { Code } from './status.ts';

const MIB = 1024 * 1024;
const frameMessage = (message: Uint8Array): Buffer =>
  Buffer.concat([messagePrefix(message.byteLength), message]);

describe('createCollector', () => {
  test('gives the message however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(20)), (message, cuts) => {
        const collector = createCollector(1_000, createBudget(MIB));
        let rest = frameMessage(message);
        for (const cut of cuts) {
          if (cut >= rest.byteLength) break;
          expect(collector.add(rest.subarray(0, cut))).toEqual({ kind: 'incomplete' });
          rest = rest.subarray(cut);
        }
        expect(collector.add(rest)).toEqual({ kind: 'message', message: Buffer.from(message) });
      }),
    );
  });

  test('takes no more than the budget of its connection, and gives it back', () => {
    const budget = createBudget(3 * MIB);
    const first = createCollector(8 * MIB, budget);
    const second = createCollector(8 * MIB, budget);
    const piece = Buffer.alloc(2 * MIB);
    piece.writeUInt32BE(7 * MIB, 1);
    expect(first.add(piece)).toEqual({ kind: 'incomplete' });
    expect(second.add(piece)).toMatchObject({ status: { code: Code.resourceExhausted } });
    first.release();
    expect(createCollector(8 * MIB, budget).add(piece)).toEqual({ kind: 'incomplete' });
  });

  test('pieces of one byte cost no more than twice their sum', () => {
    const budget = createBudget(32 * 1024);
    const collector = createCollector(MIB, budget);
    const message = frameMessage(Buffer.alloc(16 * 1024 - 5));
    for (const byte of message.subarray(0, -1)) collector.add(Buffer.of(byte));
    expect(collector.add(Buffer.of(0))).toMatchObject({ kind: 'message' });
  });
});
