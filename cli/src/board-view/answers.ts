import type { Labels } from './prometheus.ts';

/** One line of a panel. */
export interface AnsweredSeries {
  readonly name: string;
  readonly labels: Labels;
  /** One for each time of the range; null where there is none, or none that can be drawn. */
  readonly values: readonly (number | null)[];
}

/** What became of the queries of one panel. */
export interface PanelAnswer {
  readonly series: readonly AnsweredSeries[];
  /** Series that there were beyond those kept. */
  readonly leftOut: number;
  /** A sentence for each query that failed. */
  readonly problems: readonly string[];
}

/** A marked moment. */
export interface Mark {
  /** Unix seconds. */
  readonly time: number;
  readonly title: string;
  readonly color: string;
}

/** Everything that a board is drawn from besides itself. */
export interface BoardAnswers {
  /** Unix seconds, evenly apart. */
  readonly times: readonly number[];
  readonly stepMs: number;
  /** By section and panel, in the order of the board. */
  readonly panels: readonly (readonly PanelAnswer[])[];
  readonly marks: readonly Mark[];
  /** Sentences for annotations that could not be asked. */
  readonly problems: readonly string[];
}
