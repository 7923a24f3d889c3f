import type { BoardAnswers, Mark, PanelAnswer } from './answers.ts';
import type { BoardAnnotation, BoardPanel, BoardQuery, ViewedBoard } from './board.ts';
import { interpolateQuery, interpolateText, type VariableValues } from './interpolate.ts';
import type { Prometheus, RawSeries } from './prometheus.ts';
import { PrometheusError } from './prometheus-error.ts';
import { alignSeries, fillIn, keepGreatest } from './series.ts';
import { type TimeRange, timesOf } from './time-range.ts';

/** Questions that Prometheus is asked at once; it shares them with its alerts. */
const CONCURRENCY = 4;
/** Lines of one panel; nobody reads more. */
const MAX_SERIES = 50;
/** Marks of one board; a label that grows must not fill the page. */
const MAX_MARKS = 200;

export interface CollectInput {
  readonly board: ViewedBoard;
  readonly prometheus: Prometheus;
  readonly range: TimeRange;
  readonly variables: VariableValues;
  /** Told after every question. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Default 50. */
  readonly maxSeries?: number;
}

/**
 * Asks everything that a board shows. A question that fails is told of in its panel; rejects with a PrometheusError
 * when there is no Prometheus to ask.
 */
export async function collectAnswers(input: CollectInput): Promise<BoardAnswers> {
  const { board, range, onProgress } = input;
  const inTurn = createTurns(CONCURRENCY);
  const questions = board.sections
    .flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.length))
    .reduce((sum, count) => sum + count, board.annotations.length);
  let done = 0;
  const ask: Ask = (question) =>
    inTurn(async () => {
      try {
        return { raw: await question(input.prometheus), problem: undefined };
      } catch (error) {
        return { raw: [], problem: problemIn(error) };
      } finally {
        done += 1;
        onProgress?.(done, questions);
      }
    });
  const [panels, marks] = await Promise.all([
    Promise.all(
      board.sections.map((section) =>
        Promise.all(section.panels.map((panel) => answerOf(panel, ask, input))),
      ),
    ),
    Promise.all(board.annotations.map((annotation) => marksOf(annotation, ask, input))),
  ]);
  return {
    times: timesOf(range),
    stepMs: range.stepMs,
    panels,
    marks: marks.flatMap((found) => found.marks).slice(0, MAX_MARKS),
    problems: marks.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  };
}

type Ask = (
  question: (prometheus: Prometheus) => Promise<readonly RawSeries[]>,
) => Promise<{ readonly raw: readonly RawSeries[]; readonly problem: string | undefined }>;

async function answerOf(panel: BoardPanel, ask: Ask, input: CollectInput): Promise<PanelAnswer> {
  const { variables, range, maxSeries = MAX_SERIES } = input;
  const answers = await Promise.all(
    panel.queries.map(async (query) => {
      const { raw, problem } = await ask((prometheus) => questionOf(query, prometheus, input));
      const legend = interpolateText(query.legend, variables);
      return { series: raw.map((one) => alignSeries(one, legend, range)), problem };
    }),
  );
  const series = answers.flatMap((answer) => answer.series);
  const kept = keepGreatest(series, maxSeries);
  return {
    series: kept,
    leftOut: series.length - kept.length,
    problems: answers.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  };
}

function questionOf(
  { expr, isInstant }: BoardQuery,
  prometheus: Prometheus,
  { range, variables }: CollectInput,
): Promise<readonly RawSeries[]> {
  const text = interpolateQuery(expr, variables);
  return isInstant ? prometheus.query(text, range.endMs) : prometheus.queryRange(text, range);
}

/** As in Grafana: the first of the times at which an expression has a value, and no further mark until it had none. */
async function marksOf(
  { name, expr, title, color }: BoardAnnotation,
  ask: Ask,
  { range, variables }: CollectInput,
): Promise<{ readonly marks: readonly Mark[]; readonly problem: string | undefined }> {
  const text = interpolateQuery(expr, variables);
  const { raw, problem } = await ask((prometheus) => prometheus.queryRange(text, range));
  const marks = new Map<string, Mark>();
  for (const series of raw) {
    const { values } = alignSeries(series, title, range);
    for (const [index, value] of values.entries()) {
      if (value === null || (values[index - 1] ?? null) !== null) continue;
      const mark = {
        time: (range.startMs + index * range.stepMs) / 1_000,
        title: fillIn(interpolateText(title, variables), series.labels),
        color,
      };
      // Replicas tell of the same moment.
      marks.set(`${mark.time} ${mark.title}`, mark);
    }
  }
  return {
    marks: [...marks.values()].toSorted((one, other) => one.time - other.time),
    problem: problem === undefined ? undefined : `annotation "${name}": ${problem}`,
  };
}

/** What one panel says; throws what holds for all of them. */
function problemIn(error: unknown): string {
  if (!(error instanceof PrometheusError)) throw error;
  if (error.code === 'unreachable' || error.code === 'not-prometheus') throw error;
  return error.message;
}

/** Runs tasks in the order given, at most so many at once; after one has failed no further one starts. */
function createTurns(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  let failure: Error | undefined;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      if (failure !== undefined) throw failure;
      return await task();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
