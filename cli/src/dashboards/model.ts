/** One expression of a panel and how its series are named (`{{label}}`). */
export interface PanelQuery {
  readonly expr: string;
  readonly legend: string;
}

/** One question that a board answers. */
export interface Panel {
  /** Unique on its board. */
  readonly title: string;
  /** What is shown and what it means when it moves, for who is woken by it. */
  readonly description: string;
  /** A unit of Grafana: `reqps`, `s`, `ms`, `percentunit`, `short`. */
  readonly unit: string;
  /** Lines over time, the newest value, or states as coloured bars. */
  readonly view: 'lines' | 'value' | 'states';
  readonly queries: readonly PanelQuery[];
}

export interface BoardRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard before it has Grafana's form. */
export interface Board {
  /** Name of its file, and with `paymesh-` before it its uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly BoardRow[];
}
