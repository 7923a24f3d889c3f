import { describe, expect, test } from '@jest/globals';

import { Counter, createRegistry, Gauge, Histogram, Registry } from './index.ts';
import { PatientRegistry } from './patient-registry.ts';

function fill(registry: Registry, series: number): void {
  const counter = new Counter({ name: 'a_total', help: 'Help.', labelNames: ['x'], registers: [registry] });
  for (let index = 0; index < series; index += 1) counter.inc({ x: `v"${index}` });
  const labels = { labelNames: ['x'], registers: [registry] };
  registry.registerMetric(new Gauge({ name: 'none', help: 'Two\nlines.', ...labels }));
  new Histogram({ name: 'h', help: 'Help.', buckets: [1, 2], registers: [registry] }).observe(1.5);
}

describe('PatientRegistry', () => {
  test.each([0, 1, 499, 500, 501, 1_700])('writes %d series as prom-client does', async (series) => {
    const [own, theirs] = [new PatientRegistry(), new Registry()];
    for (const registry of [own, theirs]) {
      registry.setDefaultLabels({ component: 'c' });
      fill(registry, series);
    }
    expect(await own.metrics()).toBe(await theirs.metrics());
  });

  test('lets others have their turn during a scrape', async () => {
    const registry = createRegistry('c');
    fill(registry, 20_000);
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    turn();
    await registry.metrics();
    isDone = true;
    expect(turns).toBeGreaterThan(40);
  });

  test('takes values that are made while they are written', async () => {
    const registry = new PatientRegistry();
    const values = function* () {
      for (let value = 0; value < 3; value += 1) yield { labels: { x: String(value) }, value };
    };
    const get = async () => ({
      name: 'made',
      help: 'Help.',
      type: 'gauge',
      aggregator: 'sum',
      values: values(),
    });
    registry.registerMetric({ name: 'made', get } as never);
    expect(await registry.metrics()).toContain('made{x="0"} 0\nmade{x="1"} 1\nmade{x="2"} 2\n');
  });
});
