import type { PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { formatValue, type UnitScale } from '../format.ts';
import { reduceSeries } from '../series.ts';
import { lineColor, thresholdColor } from './colors.ts';
import { type Html, html } from './html.ts';

interface BarsInput {
  readonly panel: BoardPanel;
  readonly answer: PanelAnswer;
  readonly scale: UnitScale;
}

/** Gauges and bar gauges: a bar for each series, from `min` (0) to `max` (the greatest there is; 1 or 100 for shares). */
export function barsBody({ panel: { style, calc }, answer, scale }: BarsInput): Html {
  const rows = answer.series.map((series) => ({ name: series.name, value: reduceSeries(series, calc) }));
  const least = style.min ?? 0;
  const greatest = Math.max(...rows.map(({ value }) => value ?? least));
  const most = style.max ?? WHOLE[style.unit] ?? greatest;
  const bars = rows.map(({ name, value }) => {
    const share = value === null || most <= least ? 0 : (value - least) / (most - least);
    const color = thresholdColor(value ?? least, style.thresholds) ?? lineColor(0);
    const width = `${(Math.min(Math.max(share, 0), 1) * 100).toFixed(2)}%`;
    return html`<span class="name" title="${name}">${name}</span><div class="bar"><i style="left:0;width:${width};background:${color}"></i></div><b>${value === null ? '–' : formatValue(value, scale)}</b>`;
  });
  return html`<div class="bars">${bars}</div>`;
}

/** What a share is a share of. */
const WHOLE: Readonly<Record<string, number>> = { percent: 100, percentunit: 1 };
