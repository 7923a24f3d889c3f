import type { AnsweredSeries, PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { formatValue, type UnitScale } from '../format.ts';
import { reduceSeries } from '../series.ts';
import { thresholdColor } from './colors.ts';
import { type Html, html } from './html.ts';

interface StatInput {
  readonly panel: BoardPanel;
  readonly answer: PanelAnswer;
  readonly scale: UnitScale;
}

/** The value of each series in large digits, over a line of how it came about. */
export function statBody({ panel, answer, scale }: StatInput): Html {
  const isAlone = answer.series.length === 1;
  const items = answer.series.map((series) => {
    const value = reduceSeries(series, panel.calc);
    const text = value === null ? '–' : (panel.style.words[String(value)] ?? formatValue(value, scale));
    const color = value === null ? undefined : thresholdColor(value, panel.style.thresholds);
    const name = isAlone ? html`` : html`<span class="name">${series.name}</span>`;
    return html`<div class="stat" title="${series.name}" style="color:${color ?? 'var(--figure)'}">${sparkline(series)}<strong>${text}</strong>${name}</div>`;
  });
  return html`<div class="stats">${items}</div>`;
}

/** Height of the drawing of a line; its width is the number of its values. */
const HEIGHT = 100;

function sparkline({ values }: AnsweredSeries): Html {
  const there = values.filter((value) => value !== null);
  if (there.length < 2) return html``;
  const least = Math.min(0, ...there);
  const most = Math.max(...there);
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${index},${heightOf(value, least, most)}`],
  );
  const [first = ''] = points;
  const last = points.at(-1) ?? '';
  const area = `${first.split(',')[0]},${HEIGHT} ${points.join(' ')} ${last.split(',')[0]},${HEIGHT}`;
  return html`<svg class="spark" viewBox="0 0 ${values.length - 1} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><polygon points="${area}"/><polyline points="${points.join(' ')}"/></svg>`;
}

function heightOf(value: number, least: number, most: number): number {
  return most === least ? HEIGHT : Math.round((1 - (value - least) / (most - least)) * HEIGHT * 10) / 10;
}
