import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createQuickHistogram, createRegistry, Histogram, Registry } from './index.ts';

const BUCKETS = [0.001, 0.01, 0.1];

describe('createQuickHistogram', () => {
  test('prints what the histogram of prom-client prints', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 1,
        }),
        async (observed) => {
          const [own, theirs] = [new Registry(), new Registry()];
          const options = { name: 'x_seconds', help: 'Help.', buckets: BUCKETS };
          const quick = createQuickHistogram({ ...options, label: 'store', registry: own });
          const usual = new Histogram({ ...options, labelNames: ['store'], registers: [theirs] });
          for (const [store, value] of observed) {
            quick(store).observe(value);
            usual.observe({ store }, value);
          }
          expect(await own.metrics()).toBe(await theirs.metrics());
        },
      ),
    );
  });

  test('has no label where none is named, and those of the registry', async () => {
    const registry = createRegistry('ext-authz');
    createQuickHistogram({ name: 'y_seconds', help: 'Help.', buckets: BUCKETS, registry })().observe(0.01);
    const text = await registry.metrics();
    expect(text).toContain('y_seconds_bucket{le="0.01",component="ext-authz"} 1');
    expect(text).toContain('y_seconds_count{component="ext-authz"} 1');
  });
});
