import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { Counter, createQuickCounter, createRegistry, Registry } from './index.ts';

const value = fc.constantFrom('a', 'b', '', 'c"\\\n');

describe('createQuickCounter', () => {
  test('prints what the counter of prom-client prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1 }), async (counted) => {
        const [own, theirs] = [new Registry(), new Registry()];
        const options = { name: 'x_total', help: 'Help.' };
        const quick = createQuickCounter({ ...options, labels: ['one', 'two'], registry: own });
        const usual = new Counter({ ...options, labelNames: ['one', 'two'], registers: [theirs] });
        for (const [one, two] of counted) {
          quick(one, two);
          usual.inc({ one, two });
        }
        expect(await own.metrics()).toBe(await theirs.metrics());
      }),
    );
  });

  test('has the labels of the registry, and can begin anew', async () => {
    const registry = createRegistry('ext-authz');
    const count = createQuickCounter({ name: 'y_total', help: 'Help.', labels: ['a'], registry });
    count('1');
    expect(await registry.metrics()).toContain('y_total{a="1",component="ext-authz"} 1');
    registry.resetMetrics();
    expect(await registry.metrics()).not.toContain('y_total{');
    count('1');
    expect(await registry.metrics()).toContain('y_total{a="1",component="ext-authz"} 1');
  });
});
