import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { PaymentState } from './payment.ts';
import { canMove, isFinal } from './state-machine.ts';

const STATES: readonly PaymentState[] = ['created', 'authorised', 'succeeded', 'failed', 'unknown'];
const ALLOWED = new Set([
  'created>authorised',
  'created>failed',
  'created>unknown',
  'unknown>authorised',
  'unknown>failed',
  'authorised>succeeded',
]);

describe('canMove', () => {
  test.each(STATES.flatMap((from) => STATES.map((to): [PaymentState, PaymentState] => [from, to])))(
    'from %s to %s',
    (from, to) => {
      expect(canMove(from, to)).toBe(ALLOWED.has(`${from}>${to}`));
    },
  );

  test('never fails what was authorised, and never succeeds without being authorised', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATES), { maxLength: 20 }), (wishes) => {
        const path: PaymentState[] = ['created'];
        for (const to of wishes) if (canMove(path.at(-1) ?? 'created', to)) path.push(to);
        if (path.includes('authorised')) expect(path).not.toContain('failed');
        if (path.includes('succeeded')) expect(path).toContain('authorised');
      }),
    );
  });
});

describe('isFinal', () => {
  test('is true for succeeded and failed only', () => {
    expect(STATES.filter(isFinal)).toEqual(['succeeded', 'failed']);
  });
});
