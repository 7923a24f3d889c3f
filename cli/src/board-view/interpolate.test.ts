// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Grafana.
import { describe, expect, test } from '@jest/globals';

import { builtInValues, interpolateQuery, interpolateText, type VariableValue } from './interpolate.ts';
import { RECORDED_RANGE } from './testing/fake-prometheus.ts';

const HOUR = { startMs: 0, endMs: 3_600_000, stepMs: 10_000 };

describe('variables of Grafana', () => {
  test.each([
    ['a scrape every second', HOUR, 1_000, '11s'],
    ['a scrape every 15 s: four samples', HOUR, 15_000, '1m'],
    ['a wide step: one sample more than the step', { ...HOUR, stepMs: 300_000 }, 15_000, '315s'],
  ])('$__rate_interval for %s', (_, range, scrapeIntervalMs, expected) => {
    const text = interpolateQuery('rate(a[$__rate_interval])', builtInValues(range, scrapeIntervalMs));
    expect(text).toBe(`rate(a[${expected}])`);
  });

  test('$__interval, $__range and the ends', () => {
    const text = 'a[$__interval] b[${__range}] [[__range_s]] $__range_ms $__from $__to $__interval_ms';
    expect(interpolateQuery(text, builtInValues(HOUR, 15_000))).toBe(
      'a[10s] b[1h] 3600 3600000 0 3600000 10000',
    );
  });

  const one: VariableValue = { values: ['a.b"c'], isMulti: false };
  const many: VariableValue = { values: ['a.b', 'c'], isMulti: true };
  const values = new Map([
    ['one', one],
    ['many', many],
    ['all', { values: ['.*'], isMulti: true, isRaw: true }],
  ]);

  test.each([
    ['{l="$one"}', '{l="a.b\\"c"}'],
    ['{l=~"$many"}', '{l=~"(a\\\\.b|c)"}'],
    ['{l=~"${many:pipe}"}', '{l=~"a.b|c"}'],
    ['{l=~"${many:regex}"}', '{l=~"(a\\\\.b|c)"}'],
    ['{l=~"${one:regex}"}', '{l=~"a\\\\.b\\"c"}'],
    ['[[many:csv]]', 'a.b,c'],
    ['{l=~"$all"}', '{l=~".*"}'],
    ['{l=~"^x$", m="$unknown"}', '{l=~"^x$", m="$unknown"}'],
  ])('%s becomes %s', (text, expected) => {
    expect(interpolateQuery(text, values)).toBe(expected);
  });

  test('in a title stands what people read', () => {
    expect(interpolateText('Of $many', values)).toBe('Of a.b + c');
    expect(interpolateText('Costs $5', builtInValues(RECORDED_RANGE, 1_000))).toBe('Costs $5');
  });
});
