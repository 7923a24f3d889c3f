import type { Registry } from 'prom-client';

export interface QuickHistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
  /** Name of the one label there is. Default: none. */
  readonly label?: string;
  readonly registry: Registry;
}

/** Observations of one value of the label. */
export interface QuickHistogram {
  observe(value: number): void;
}

interface Series extends QuickHistogram {
  readonly counts: Float64Array;
  sum(): number;
}

/**
 * A histogram for paths on which every microsecond counts: it adds to an array, where prom-client's own checks and
 * hashes labels at each observation. Exported as any other. Gives the series of a value of the label, to be kept.
 */
export function createQuickHistogram(
  options: QuickHistogramOptions,
): (labelValue?: string) => QuickHistogram {
  const { name, help, buckets, label, registry } = options;
  const series = new Map<string, Series>();
  const metric = {
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...series].flatMap(([value, one]) =>
        valuesOf(name, buckets, one, label === undefined ? {} : { [label]: value }),
      ),
    }),
    reset: () => series.clear(),
  };
  // Registry takes whatever has a name and `get`; its type knows its own four classes only.
  registry.registerMetric(metric as never);
  return (value = '') => {
    const known = series.get(value) ?? createSeries(buckets);
    series.set(value, known);
    return known;
  };
}

function createSeries(buckets: readonly number[]): Series {
  const counts = new Float64Array(buckets.length + 1);
  let sum = 0;
  return {
    counts,
    sum: () => sum,
    observe: (value) => {
      let index = 0;
      while (index < buckets.length && value > (buckets[index] ?? 0)) index += 1;
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
  };
}

/** Cumulative, as the text format wants them. */
function valuesOf(
  name: string,
  buckets: readonly number[],
  series: Series,
  labels: Readonly<Record<string, string>>,
) {
  let count = 0;
  const bucketValues = [...buckets, '+Inf'].map((le, index) => {
    count += series.counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  return [
    ...bucketValues,
    { metricName: `${name}_sum`, labels, value: series.sum() },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
