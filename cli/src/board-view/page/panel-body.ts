import type { PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { scaleOf } from '../format.ts';
import { barsBody } from './bars.ts';
import { chartBody } from './chart.ts';
import { type Html, html } from './html.ts';
import { statBody } from './stat.ts';
import { statesBody } from './states.ts';
import { tableBody } from './table.ts';

export interface BodyInput {
  readonly panel: BoardPanel;
  readonly answer: PanelAnswer;
  /** Unix seconds. */
  readonly times: readonly number[];
  /** Number of the panel among the charts of the page. */
  readonly chart: number;
}

/** What stands below the title of a panel. */
export function panelBody(input: BodyInput): Html {
  const { panel, answer, times, chart } = input;
  const scale = scaleOf(panel.style.unit, panel.style.decimals);
  switch (panel.kind) {
    case 'timeseries':
      return chartBody({ answer, scale, chart });
    case 'stat':
      return statBody({ panel, answer, scale });
    case 'state-timeline':
      return statesBody({ panel, answer, scale, times });
    case 'gauge':
    case 'bargauge':
      return barsBody({ panel, answer, scale });
    case 'table':
      return tableBody({ panel, answer, scale });
    case 'text':
      return html`<p class="prose">${panel.text}</p>`;
    case 'other':
      return html`<p class="none">Panels of the kind "${panel.type}" are not drawn here.</p>`;
  }
}
