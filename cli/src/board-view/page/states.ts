import type { AnsweredSeries, PanelAnswer } from '../answers.ts';
import type { BoardPanel } from '../board.ts';
import { formatValue, type UnitScale } from '../format.ts';
import { lineColor, thresholdColor } from './colors.ts';
import { type Html, html } from './html.ts';
import { clock } from './utc.ts';

interface StatesInput {
  readonly panel: BoardPanel;
  readonly answer: PanelAnswer;
  readonly scale: UnitScale;
  readonly times: readonly number[];
}

/** The colour of "nothing": what is 0 must not draw the eye. */
const QUIET = 'var(--quiet)';

/** One bar for each series, a piece for each stretch of one value; those that changed stand first. */
export function statesBody(input: StatesInput): Html {
  const rows = input.answer.series
    .map((series) => ({ name: series.name, pieces: piecesOf(series) }))
    .toSorted((one, other) => changes(other.pieces) - changes(one.pieces))
    .map(
      ({ name, pieces }) =>
        html`<span class="name" title="${name}">${name}</span><div class="bar">${pieces.map((piece) => pieceOf(piece, input))}</div>`,
    );
  const { times } = input;
  const ends = html`<span></span><div class="ends"><span>${clock(times[0] ?? 0)}</span><span>${clock(times.at(-1) ?? 0)}</span></div>`;
  return html`<div class="states">${rows}${ends}</div>`;
}

interface Piece {
  readonly value: number;
  /** Indices of the range; `to` is the first of the next piece. */
  readonly from: number;
  readonly to: number;
}

function piecesOf({ values }: AnsweredSeries): readonly Piece[] {
  const pieces: { value: number; from: number; to: number }[] = [];
  for (const [index, value] of values.entries()) {
    const last = pieces.at(-1);
    if (value === null) continue;
    if (last !== undefined && last.to === index && last.value === value) last.to = index + 1;
    else pieces.push({ value, from: index, to: index + 1 });
  }
  return pieces;
}

/** Values besides "nothing", as a measure of what there is to see. */
function changes(pieces: readonly Piece[]): number {
  return pieces.filter(({ value }) => value !== 0).length;
}

function pieceOf({ value, from, to }: Piece, { panel, scale, times }: StatesInput): Html {
  const part = (count: number): string => `${((count / times.length) * 100).toFixed(3)}%`;
  const text = panel.style.words[String(value)] ?? formatValue(value, scale);
  const since = `${text}, ${clock(times[from] ?? 0)} to ${clock(times[to - 1] ?? 0)}`;
  const color = thresholdColor(value, panel.style.thresholds) ?? stateColor(value);
  return html`<i title="${since}" style="left:${part(from)};width:${part(to - from)};background:${color}"></i>`;
}

function stateColor(value: number): string {
  return value === 0 ? QUIET : lineColor(Math.abs(Math.round(value)));
}
