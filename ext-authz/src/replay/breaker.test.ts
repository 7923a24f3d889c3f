import { describe, expect, test } from '@jest/globals';

import { createBreaker } from './breaker.ts';

describe('createBreaker', () => {
  test('opens after so many failures in a row and lets one trial through in each pause', () => {
    const breaker = createBreaker({ failures: 2, retryMs: 100 });
    breaker.record(false, 0);
    expect(breaker.mayTry(0)).toBe(true);
    breaker.record(false, 0);
    expect(breaker.mayTry(99)).toBe(false);
    expect(breaker.mayTry(100)).toBe(true);
    expect(breaker.mayTry(101)).toBe(false);
    breaker.record(false, 120);
    expect(breaker.mayTry(199)).toBe(false);
    expect(breaker.mayTry(200)).toBe(true);
  });

  test('one success closes it', () => {
    const breaker = createBreaker({ failures: 1, retryMs: 100 });
    breaker.record(false, 0);
    breaker.record(true, 100);
    expect(breaker.mayTry(101)).toBe(true);
  });

  test('a success between failures starts the count anew', () => {
    const breaker = createBreaker({ failures: 2, retryMs: 100 });
    breaker.record(false, 0);
    breaker.record(true, 0);
    breaker.record(false, 0);
    expect(breaker.mayTry(0)).toBe(true);
  });
});
