import { describe, expect, test } from '@jest/globals';

import { addHits, judge, MAX_COUNT } from './fixed-window.ts';

describe('addHits', () => {
  test.each([
    [0, 1, 1],
    [5, 0, 5],
    [5, -2, 3],
    [5, -9, 0],
    [MAX_COUNT, 1, MAX_COUNT],
    [MAX_COUNT, MAX_COUNT, MAX_COUNT],
    [MAX_COUNT, -1, MAX_COUNT - 1],
  ])('%i and %i make %i', (count, hits, expected) => {
    expect(addHits(count, hits)).toBe(expected);
  });
});

describe('judge', () => {
  test.each([
    [5, 7, { isOver: true, isNear: false, remaining: 0 }],
    [10, 6, { isOver: false, isNear: false, remaining: 4 }],
    [10, 8, { isOver: false, isNear: false, remaining: 2 }],
    [10, 9, { isOver: false, isNear: true, remaining: 1 }],
    [10, 10, { isOver: false, isNear: true, remaining: 0 }],
    [10, 11, { isOver: true, isNear: false, remaining: 0 }],
    [0, 0, { isOver: false, isNear: false, remaining: 0 }],
    [0, 1, { isOver: true, isNear: false, remaining: 0 }],
    [20, 5, { isOver: false, isNear: false, remaining: 15 }],
    [4_294_967_295, MAX_COUNT, { isOver: true, isNear: false, remaining: 0 }],
  ])('limit %i, count %i', (limit, count, expected) => {
    expect(judge(count, limit)).toEqual(expected);
  });
});
