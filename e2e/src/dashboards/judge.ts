import { type Expression, expressionsOf } from './expressions.ts';
import { type Mover, moverOf } from './movers.ts';
import type { Performance } from './perform.ts';
import { readPromql } from './promql.ts';
import type { PrometheusQueries, RangeSeries, Span } from './queries.ts';

/** What came of one expression. */
export interface Judged {
  readonly expression: Expression;
  readonly mover: Mover | undefined;
  /** Series that it gave during its story. */
  readonly series: number;
  /** Furthest from zero that one of them was; NaN where there was none. */
  readonly peak: number;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

/** Holds every expression against the grammar, the names that were scraped, and what it gave during its story. */
export async function judge({ prometheus, files, spans }: Performance): Promise<readonly Judged[]> {
  const all = [...spans.values()];
  const whole: Span = {
    from: Math.min(...all.map(({ from }) => from)),
    to: Math.max(...all.map(({ to }) => to)),
  };
  const labelsOf = createLabels(prometheus, whole);
  const judged: Judged[] = [];
  for (const expression of expressionsOf(files)) {
    const mover = moverOf(expression);
    const span = mover?.kind === 'silent' ? whole : spans.get(mover?.story ?? '');
    const series = span === undefined ? [] : await prometheus.range(expression.expr, span);
    const firing =
      expression.kind === 'alert' && span !== undefined
        ? await prometheus.range(`ALERTS{alertname="${expression.panel}", alertstate="firing"}`, span)
        : [];
    judged.push({
      ...{ expression, mover, series: series.length, peak: peakOf(series) },
      faults: [
        ...(await namingFaults(expression, labelsOf)),
        ...movingFaults({ expression, mover, series, firing }),
      ],
    });
  }
  return judged;
}

type LabelsOf = (metric: string) => Promise<readonly string[]>;

/** Each metric is asked for once. */
function createLabels(prometheus: PrometheusQueries, span: Span): LabelsOf {
  const known = new Map<string, Promise<readonly string[]>>();
  return (metric) => {
    const labels = known.get(metric) ?? prometheus.labels(metric, span);
    known.set(metric, labels);
    return labels;
  };
}

/** Where it does not parse, and metrics and labels that no scrape had. */
async function namingFaults({ expr, legend }: Expression, labelsOf: LabelsOf): Promise<readonly string[]> {
  const { errors, selectors, grouping } = readPromql(expr);
  if (errors.length > 0) return errors.map((error) => `does not parse ${error}`);
  const faults: string[] = [];
  const anywhere = new Set<string>();
  for (const { metric, labels } of selectors) {
    const scraped = await labelsOf(metric);
    if (scraped.length === 0) faults.push(`nobody has ${metric}`);
    for (const label of scraped) anywhere.add(label);
    for (const label of labels) if (!scraped.includes(label)) faults.push(`${metric} has no label ${label}`);
  }
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  for (const label of [...grouping, ...shown])
    if (!anywhere.has(label)) faults.push(`nothing in it has the label ${label}`);
  return faults;
}

interface Seen {
  readonly expression: Expression;
  readonly mover: Mover | undefined;
  readonly series: readonly RangeSeries[];
  /** Of an alert: where it fired. */
  readonly firing: readonly RangeSeries[];
}

function movingFaults({ expression, mover, series, firing }: Seen): readonly string[] {
  if (mover === undefined) return ['no story is named for it: add it to movers.ts'];
  const during = `during ${mover.story}`;
  if (mover.kind === 'silent') return series.length > 0 ? ['gives series, though none are to be had'] : [];
  if (series.length === 0) return [`gives no series ${during}`];
  // A series of an alert is what is wrong, and may well be zero: nobody is healthy.
  if (expression.kind === 'alert') return firing.length === 0 ? [`does not fire ${during}`] : [];
  if (mover.kind === 'moves' && !(peakOf(series) > 0)) return [`stands at zero ${during}`];
  return [];
}

function peakOf(series: readonly RangeSeries[]): number {
  const values = series.flatMap(({ values: points }) =>
    points.map(([, value]) => Math.abs(Number(value))).filter((value) => !Number.isNaN(value)),
  );
  return values.reduce((peak, value) => Math.max(peak, value), values.length === 0 ? Number.NaN : 0);
}
