import { describe, expect, test } from '@jest/globals';

import { createAdmission } from './admission.ts';

describe('createAdmission', () => {
  const options = { ratePerSecond: 10, burst: 3, maxWaitMs: 250 };

  test('lets a burst in at once, then one after another, then refuses', () => {
    const admission = createAdmission(options);
    const waits = Array.from({ length: 7 }, () => admission.admit(0));
    expect(waits).toEqual([0, 0, 0, 100, 200, undefined, undefined]);
  });

  test('fills up again with time', () => {
    const admission = createAdmission(options);
    for (let count = 0; count < 5; count += 1) admission.admit(0);
    expect(admission.admit(250)).toBe(50);
    expect(Array.from({ length: 4 }, () => admission.admit(10_000))).toEqual([0, 0, 0, 100]);
  });

  test('61: five thousand that come together all begin within five seconds or are told to come back', () => {
    const admission = createAdmission({ ratePerSecond: 200, burst: 400, maxWaitMs: 5_000 });
    const waits = Array.from({ length: 5_000 }, () => admission.admit(0));
    const admitted = waits.filter((wait) => wait !== undefined);
    expect(admitted).toHaveLength(1_400);
    expect(Math.max(...admitted)).toBeLessThanOrEqual(5_000);
  });
});
