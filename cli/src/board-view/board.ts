/** One query of a panel. */
export interface BoardQuery {
  /** PromQL, with the variables of Grafana still in it. */
  readonly expr: string;
  /** `{{label}}` in text; empty or `__auto`: the labels themselves. */
  readonly legend: string;
  /** Asked for the end of the range alone. */
  readonly isInstant: boolean;
}

/** Cells of a grid of 24 columns; rows of 30 pixels. */
export interface GridPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Threshold {
  /** From this value on; the first is minus infinity. */
  readonly from: number;
  /** A name of Grafana's palette or a CSS colour, as the board has it. */
  readonly color: string;
}

/** How the values of a panel are written and coloured. */
export interface FieldStyle {
  /** A unit of Grafana: `reqps`, `s`, `percentunit`. Empty: none. */
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Ascending; empty where the board sets none. */
  readonly thresholds: readonly Threshold[];
  /** Texts that stand for values, by the value as text. */
  readonly words: Readonly<Record<string, string>>;
  /** Of the area below a line, 0 to 100. */
  readonly fillOpacity: number;
  /** Whether thresholds are drawn as lines into a chart. */
  readonly showsThresholds: boolean;
}

/** The kinds that are drawn; `other` is a panel of a kind that is not. */
export type PanelKind =
  | 'timeseries'
  | 'stat'
  | 'state-timeline'
  | 'gauge'
  | 'bargauge'
  | 'table'
  | 'text'
  | 'other';

export interface BoardPanel {
  readonly kind: PanelKind;
  /** The kind as the board names it. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly place: GridPlace;
  readonly queries: readonly BoardQuery[];
  readonly style: FieldStyle;
  /** Which value of a series stands for it: Grafana's `lastNotNull`, `max`, `min`, `mean` or `sum`. */
  readonly calc: string;
  /** What a text panel says. */
  readonly text: string;
}

/** A row of a board and what stands below it. */
export interface BoardSection {
  /** Empty for panels above the first row. */
  readonly title: string;
  readonly isCollapsed: boolean;
  readonly panels: readonly BoardPanel[];
}

/** Moments that are marked in every chart. */
export interface BoardAnnotation {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  /** `{{label}}` in text. */
  readonly title: string;
}

/** What a reader may choose. `values`: fixed ones; `query`: asked of Prometheus. */
export interface BoardVariable {
  readonly name: string;
  readonly label: string;
  readonly source:
    | { readonly kind: 'datasource' }
    | { readonly kind: 'values'; readonly values: readonly string[] }
    | { readonly kind: 'query'; readonly query: string; readonly filter: string };
  /** What is chosen in the board; empty: the first there is. `$__all` stands for all. */
  readonly chosen: readonly string[];
  readonly isMulti: boolean;
  /** What stands for "all"; undefined: the values themselves. */
  readonly all: string | undefined;
}

/** A board of Grafana, as far as it is drawn. */
export interface ViewedBoard {
  readonly title: string;
  readonly description: string;
  /** Default range, as `now-1h`. */
  readonly from: string;
  readonly to: string;
  readonly variables: readonly BoardVariable[];
  readonly annotations: readonly BoardAnnotation[];
  readonly sections: readonly BoardSection[];
}
