import { describe, expect, test } from '@jest/globals';

import type { ViewedBoard } from './board.ts';
import { collectAnswers } from './collect-answers.ts';
import { builtInValues } from './interpolate.ts';
import type { Prometheus, RawSeries } from './prometheus.ts';
import { PrometheusError } from './prometheus-error.ts';
import { readBoard } from './read-board.ts';
import { RECORDED_RANGE } from './testing/fake-prometheus.ts';

function boardOf(...exprs: readonly string[]): ViewedBoard {
  const read = readBoard(
    JSON.stringify({
      annotations: { list: [{ name: 'Revisions', expr: 'revision', titleFormat: 'Revision {{r}}' }] },
      panels: exprs.map((expr) => ({ type: 'timeseries', targets: [{ expr, legendFormat: '{{l}}' }] })),
    }),
  );
  if (read.kind === 'error') throw new Error(read.message);
  return read.board;
}

/** A series with values at the recorded moments, of which empty ones are not there. */
function seriesOf(labels: Readonly<Record<string, string>>, ...values: readonly string[]): RawSeries {
  return {
    labels,
    samples: values.flatMap((value, index) =>
      value === '' ? [] : [[RECORDED_RANGE.startMs / 1_000 + index * 5, value] as const],
    ),
  };
}

const TEN = 'abcdefghij'.split('');

function collect(
  board: ViewedBoard,
  queryRange: Prometheus['queryRange'],
  more: { readonly maxSeries?: number; readonly onProgress?: (done: number, all: number) => void } = {},
) {
  return collectAnswers({
    board,
    range: RECORDED_RANGE,
    variables: builtInValues(RECORDED_RANGE, 1_000),
    prometheus: { queryRange, query: async () => [], labelValues: async () => [] },
    ...more,
  });
}

describe('the answers of a board', () => {
  test('lie on the moments of the range, with gaps for what is missing or no number', async () => {
    const { times, panels } = await collect(boardOf('a[$__rate_interval]'), async (expr) =>
      expr === 'a[6s]' ? [seriesOf({ l: 'x' }, '1', '', 'NaN', '+Inf', '2.5')] : [],
    );
    expect(times).toEqual([1_795_742_665, 1_795_742_670, 1_795_742_675, 1_795_742_680, 1_795_742_685]);
    expect(panels[0]?.[0]?.series).toEqual([
      { name: 'x', labels: { l: 'x' }, values: [1, null, null, null, 2.5] },
    ]);
  });

  test('keep those with the greatest values of too many series, and say how many there were', async () => {
    const many = ['1', '9', '5', 'NaN', '7'].map((value) => seriesOf({ l: value }, value));
    const { panels } = await collect(boardOf('a'), async () => many, { maxSeries: 3 });
    expect(panels[0]?.[0]?.series.map(({ name }) => name)).toEqual(['9', '5', '7']);
    expect(panels[0]?.[0]?.leftOut).toBe(2);
  });

  test('mark the first moment of each revision, told by replicas, once', async () => {
    const { marks } = await collect(boardOf(), async () => [
      seriesOf({ r: 'one', instance: 'a' }, '1', '1', '', '', ''),
      seriesOf({ r: 'two', instance: 'a' }, '', '', '1', '1', ''),
      seriesOf({ r: 'two', instance: 'b' }, '', '', '1', '1', ''),
    ]);
    expect(marks).toEqual([
      { time: 1_795_742_665, title: 'Revision one', color: 'blue' },
      { time: 1_795_742_675, title: 'Revision two', color: 'blue' },
    ]);
  });

  test('hold what failed beside what did not', async () => {
    const { panels, problems } = await collect(boardOf('good', 'bad'), async (expr) => {
      if (expr !== 'good') throw new PrometheusError('refused', `no such thing as ${expr}`);
      return [seriesOf({ l: 'x' }, '1')];
    });
    expect(panels[0]?.map((panel) => panel.problems)).toEqual([[], ['no such thing as bad']]);
    expect(problems).toEqual(['annotation "Revisions": no such thing as revision']);
  });

  test('are asked for four at a time, and progress is told', async () => {
    let running = 0;
    let most = 0;
    const told: string[] = [];
    await collect(
      boardOf(...TEN),
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return [];
      },
      { onProgress: (done, all) => told.push(`${done}/${all}`) },
    );
    expect(most).toBe(4);
    expect(told).toHaveLength(11);
    expect(told.at(-1)).toBe('11/11');
  });

  test('are not asked for any more when Prometheus is away', async () => {
    let asked = 0;
    const collected = collect(boardOf(...TEN), async () => {
      asked += 1;
      throw new PrometheusError('unreachable', 'connect ECONNREFUSED');
    });
    await expect(collected).rejects.toThrow('ECONNREFUSED');
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThanOrEqual(4);
  });
});
