import type { PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { formatValue, scaleOf, type UnitScale } from '../format.ts';
import { reduceSeries } from '../series.ts';
import { cssColor, lineColor } from './colors.ts';
import { type Html, html } from './html.ts';

/** Digits of a value in the page; no eye sees more in a line. */
const DIGITS = 6;

/** What the script of the page draws one chart from. */
export interface ChartData {
  readonly scale: UnitScale;
  readonly min: number | null;
  readonly max: number | null;
  /** Opacity of the area below the lines, 0 to 1. */
  readonly fill: number;
  readonly limits: readonly { readonly from: number; readonly color: string }[];
  readonly lines: readonly {
    readonly name: string;
    readonly color: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** The data of a chart. */
export function chartData({ style }: BoardPanel, { series }: PanelAnswer): ChartData {
  return {
    scale: scaleOf(style.unit, style.decimals),
    min: style.min ?? null,
    max: style.max ?? null,
    fill: style.fillOpacity / 100,
    limits: style.showsThresholds
      ? style.thresholds
          .filter(({ from }) => Number.isFinite(from))
          .map(({ from, color }) => ({ from, color: cssColor(color) }))
      : [],
    lines: series.map(({ name, values }, index) => ({
      name,
      color: lineColor(index),
      values: values.map((value) => (value === null ? null : Number(value.toPrecision(DIGITS)))),
    })),
  };
}

interface ChartBodyInput {
  readonly answer: PanelAnswer;
  readonly scale: UnitScale;
  readonly chart: number;
}

/** The place of a chart and its legend with the newest values; the script of the page draws into it. */
export function chartBody({ answer, scale, chart }: ChartBodyInput): Html {
  const keys = answer.series.map((series, index) => {
    const last = reduceSeries(series, 'last');
    const value = last === null ? '' : formatValue(last, scale);
    return html`<button type="button" class="key" data-line="${index}" aria-pressed="true"><i style="background:${lineColor(index)}"></i><span>${series.name}</span><b>${value}</b></button>`;
  });
  return html`<div class="chart" data-chart="${chart}"></div><div class="legend">${keys}</div>`;
}
