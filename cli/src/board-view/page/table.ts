import type { PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { formatValue, type UnitScale } from '../format.ts';
import { reduceSeries } from '../series.ts';
import { type Html, html } from './html.ts';

interface TableInput {
  readonly panel: BoardPanel;
  readonly answer: PanelAnswer;
  readonly scale: UnitScale;
}

/** A row for each series: its labels, then its value; the greatest first. */
export function tableBody({ panel, answer, scale }: TableInput): Html {
  const names = [...new Set(answer.series.flatMap(({ labels }) => Object.keys(labels)))].filter(
    (name) => name !== '__name__',
  );
  const rows = answer.series
    .map(({ labels, values }) => ({ labels, value: reduceSeries({ values }, panel.calc) }))
    .toSorted((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity))
    .map(({ labels, value }) => {
      const cells = names.map((name) => html`<td>${labels[name] ?? ''}</td>`);
      return html`<tr>${cells}<td class="number">${value === null ? '–' : formatValue(value, scale)}</td></tr>`;
    });
  const heads = [...names, 'Value'].map((name) => html`<th>${name}</th>`);
  return html`<div class="table"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
