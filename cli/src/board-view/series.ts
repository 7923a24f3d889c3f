import type { AnsweredSeries } from './answers.ts';
import type { Labels, RawSeries } from './prometheus.ts';
import { type TimeRange, timesOf } from './time-range.ts';

/** Characters of a name; hostile label values can be as long as an answer. */
const MAX_NAME_LENGTH = 200;

/** Puts the samples of a series on the times of the range; NaN and the infinite are not drawn. */
export function alignSeries(raw: RawSeries, legend: string, range: TimeRange): AnsweredSeries {
  const values = new Array<number | null>(timesOf(range).length).fill(null);
  for (const [time, text] of raw.samples) {
    const index = Math.round((time * 1_000 - range.startMs) / range.stepMs);
    const value = Number(text);
    if (index >= 0 && index < values.length && Number.isFinite(value)) values[index] = value;
  }
  return { name: seriesName(legend, raw.labels), labels: raw.labels, values };
}

/** `{{label}}` in the legend; without a legend the series as PromQL names it. */
function seriesName(legend: string, labels: Labels): string {
  const isAutomatic = legend === '' || legend === '__auto';
  const name = isAutomatic ? asSelector(labels) : fillIn(legend, labels);
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
}

/** Puts labels into `{{label}}`; a label that is not there leaves nothing. */
export function fillIn(text: string, labels: Labels): string {
  return text.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
}

function asSelector({ __name__: metric = '', ...rest }: Labels): string {
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 && metric !== '' ? metric : `${metric}{${pairs.join(', ')}}`;
}

/** Those with the greatest values where there are too many; order is kept. */
export function keepGreatest(series: readonly AnsweredSeries[], most: number): readonly AnsweredSeries[] {
  if (series.length <= most) return series;
  const greatest = series.map(({ values }) => Math.max(...values.map((value) => value ?? -Infinity)));
  const kept = new Set(
    [...series.keys()].toSorted((one, other) => (greatest[other] ?? 0) - (greatest[one] ?? 0)).slice(0, most),
  );
  return series.filter((_, index) => kept.has(index));
}

/** The value that stands for a series; null where it has none. */
export function reduceSeries({ values }: Pick<AnsweredSeries, 'values'>, calc: string): number | null {
  const there = values.filter((value) => value !== null);
  if (there.length === 0) return null;
  const sum = there.reduce((total, value) => total + value, 0);
  switch (calc) {
    case 'max':
      return Math.max(...there);
    case 'min':
      return Math.min(...there);
    case 'sum':
      return sum;
    case 'mean':
      return sum / there.length;
    case 'first':
    case 'firstNotNull':
      return there[0] ?? null;
    default:
      return there.at(-1) ?? null;
  }
}
