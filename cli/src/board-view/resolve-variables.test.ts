import { describe, expect, test } from '@jest/globals';

import { readVariable } from './read-variable.ts';
import { resolveVariables } from './resolve-variables.ts';
import { RECORDED_RANGE } from './testing/fake-prometheus.ts';

const asked: string[] = [];
const prometheus = {
  labelValues: async (label: string, selector: string | undefined) => {
    asked.push(`${label} of ${selector ?? 'all'}`);
    return ['pay/payments', 'pay/risk', 'psp/wechat'];
  },
};

async function resolved(
  variables: readonly Readonly<Record<string, unknown>>[],
  chosen: Readonly<Record<string, readonly string[]>> = {},
) {
  asked.length = 0;
  const values = await resolveVariables({
    variables: variables.flatMap((variable) => readVariable(variable)),
    chosen: new Map(Object.entries(chosen)),
    builtIn: new Map(),
    prometheus,
    range: RECORDED_RANGE,
    datasource: 'prom:9090',
  });
  return Object.fromEntries([...values].map(([name, value]) => [name, value.values]));
}

const service = { type: 'query', name: 'service', query: 'label_values(up{job="$job"}, service)' };

describe('a template variable', () => {
  test('is asked of Prometheus, with those before it in its query', async () => {
    const job = { type: 'constant', name: 'job', query: 'envoy' };
    expect(await resolved([job, service])).toEqual({ job: ['envoy'], service: ['pay/payments'] });
    expect(asked).toEqual(['service of up{job="envoy"}']);
  });

  test.each<[string, object, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    ['what the board chose', { current: { value: 'pay/risk' } }, {}, ['pay/risk']],
    ['what is chosen here', { current: { value: 'pay/risk' } }, { service: ['x'] }, ['x']],
    ['several', { multi: true }, { service: ['x', 'y'] }, ['x', 'y']],
    [
      'all',
      { includeAll: true, current: { value: ['$__all'] } },
      {},
      ['pay/payments', 'pay/risk', 'psp/wechat'],
    ],
    ['its own "all"', { includeAll: true, allValue: '.*', current: { value: '$__all' } }, {}, ['.*']],
    ['what a pattern keeps', { regex: '/^psp\\/(.*)/', current: {} }, {}, ['wechat']],
    ['a query as an object', { query: { query: 'label_values(service)' } }, {}, ['pay/payments']],
  ])('%s', async (_, change, chosen, expected) => {
    expect((await resolved([{ ...service, ...change }], chosen))['service']).toEqual(expected);
  });

  test('of other kinds', async () => {
    expect(
      await resolved([
        { type: 'datasource', name: 'datasource', query: 'prometheus' },
        { type: 'custom', name: 'size', query: 'small, large' },
        { type: 'adhoc', name: 'filters' },
      ]),
    ).toEqual({ datasource: ['prom:9090'], size: ['small'] });
  });

  test.each([
    [{ query: 'query_result(up)' }, 'only label_values(...) is understood: choose with --var service=VALUE'],
    [{ regex: '/(/' }, '"regex" that is no pattern'],
  ])('that cannot be read says what to do: %j', async (change, message) => {
    await expect(resolved([{ ...service, ...change }])).rejects.toThrow(message);
  });
});
