import { describe, expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { editDistance, suggest } from './suggest.ts';

describe('suggest', () => {
  test.each([
    ['enforce', ['Enforce', 'Shadow'], 'Enforce'],
    ['atempts', ['attempts', 'retryOn'], 'attempts'],
    ['chagre', ['charge', 'change'], 'charge'],
    ['conection-failure', ['connect-failure', 'refused-stream'], 'connect-failure'],
    ['Rout', ['Service', 'Route'], 'Route'],
    ['5x', ['5xx'], '5xx'],
  ])('finds what %s means', (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  test.each([
    ['htpp', ['tcp']],
    ['abc', ['xyz']],
    ['GET', ['PUT']],
    ['always', ['request-not-sent']],
    ['x', []],
  ])('has no idea what %s means', (word, candidates) => {
    expect(suggest(word, candidates)).toBeUndefined();
  });
});

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
  });

  test('is the same both ways and never more than the longer word', () => {
    assert(
      property(string({ maxLength: 12 }), string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        return distance === editDistance(b, a) && distance <= Math.max(a.length, b.length);
      }),
    );
  });
});
