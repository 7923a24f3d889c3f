import { createHash } from 'node:crypto';

import type { BoardAnswers, PanelAnswer } from '../answers.ts';
import type { BoardPanel, BoardSection, ViewedBoard } from '../board.ts';
import { formatDuration } from '../duration.ts';
import { formatValue } from '../format.ts';
import { interpolateText, type VariableValues } from '../interpolate.ts';
import { type ChartData, chartData } from './chart.ts';
import { cssColor } from './colors.ts';
import { type Html, html, scriptJson } from './html.ts';
import { panelBody } from './panel-body.ts';
import { dateAndClock } from './utc.ts';

/** What every page has in it besides a board: texts of files. */
export interface PageAssets {
  /** The library that draws lines, with its licence. */
  readonly library: string;
  readonly libraryCss: string;
  readonly script: string;
  readonly css: string;
}

export interface PageInput {
  readonly board: ViewedBoard;
  readonly answers: BoardAnswers;
  readonly variables: VariableValues;
  readonly assets: PageAssets;
  /** Shown as where the values come from; without credentials. */
  readonly prometheus: string;
}

/** The board as one HTML page that needs nothing else. The same input gives the same bytes. */
export function renderPage({ board, answers, variables, assets, prometheus }: PageInput): string {
  const charts: ChartData[] = [];
  const sections = board.sections.map((section, index) =>
    sectionOf(section, answers.panels[index] ?? [], { answers, variables, charts }),
  );
  const script: Html = { html: [assets.library, String(formatValue), assets.script].join('\n') };
  const css: Html = { html: `${assets.libraryCss}\n${assets.css}` };
  const marks = answers.marks.map((mark) => ({ ...mark, color: cssColor(mark.color) }));
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${hashOf(script)}'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${board.title}</title>
<style>${css}</style>
</head>
<body>
<header>
<div><h1>${board.title}</h1><p>${board.description}</p></div>
<div class="facts"><p>${rangeText(answers)}</p><p>${prometheus}</p></div>
<button type="button" id="theme">Light or dark</button>
</header>
${problemsOf(answers.problems)}
<noscript><p class="problem">Lines are drawn by a script in this page, which is switched off here.</p></noscript>
<main>
${sections}
</main>
<script type="application/json" id="board">${scriptJson({ times: answers.times, marks, charts })}</script>
<script>${script}</script>
</body>
</html>
`;
  return page.html;
}

interface SectionContext {
  readonly answers: BoardAnswers;
  readonly variables: VariableValues;
  /** Filled in the order of the page. */
  readonly charts: ChartData[];
}

function sectionOf(
  { title, isCollapsed, panels }: BoardSection,
  answers: readonly PanelAnswer[],
  context: SectionContext,
): Html {
  const top = Math.min(...panels.map(({ place }) => place.y));
  const drawn = panels.map((panel, index) => panelOf(panel, answers[index] ?? NOTHING, top, context));
  const grid = html`<div class="grid">${drawn}</div>`;
  if (title === '') return grid;
  const summary = html`<summary><h2>${interpolateText(title, context.variables)}</h2></summary>`;
  return isCollapsed
    ? html`<details>${summary}${grid}</details>`
    : html`<details open>${summary}${grid}</details>`;
}

const NOTHING: PanelAnswer = { series: [], leftOut: 0, problems: [] };

/** `data-state`: empty, problem, drawn, or waiting for the script of the page, which then says drawn. */
function panelOf(panel: BoardPanel, answer: PanelAnswer, top: number, context: SectionContext): Html {
  const { answers, variables, charts } = context;
  const { x, y, w, h } = panel.place;
  const asks = panel.kind !== 'text' && panel.kind !== 'other';
  const isEmpty = asks && answer.series.length === 0;
  const body = isEmpty
    ? emptyBody(answer)
    : panelBody({ panel, answer, times: answers.times, chart: charts.length });
  const isChart = !isEmpty && panel.kind === 'timeseries';
  if (isChart) charts.push(chartData(panel, answer));
  const title = interpolateText(panel.title, variables);
  return html`<article class="panel" data-kind="${panel.kind}" data-state="${stateOf(answer, isEmpty, isChart)}" style="--place:${y - top + 1}/${x + 1}/span ${h}/span ${w}">
<h3><span>${title}</span>${aboutOf(interpolateText(panel.description, variables))}</h3>
${problemsOf(answer.problems)}${body}${leftOutOf(answer)}
</article>
`;
}

/** Nothing is known of a query that failed. */
function emptyBody({ problems }: PanelAnswer): Html {
  return problems.length > 0 ? html`` : html`<p class="none">No data in this range</p>`;
}

function stateOf({ problems }: PanelAnswer, isEmpty: boolean, isChart: boolean): string {
  if (problems.length > 0) return 'problem';
  if (isEmpty) return 'empty';
  return isChart ? 'waiting' : 'drawn';
}

function aboutOf(description: string): Html {
  if (description === '') return html``;
  return html`<span class="about" tabindex="0" role="note" aria-label="${description}" data-about="${description}">i</span>`;
}

function problemsOf(problems: readonly string[]): Html {
  return html`${[...new Set(problems)].map((problem) => html`<p class="problem">${problem}</p>`)}`;
}

function leftOutOf({ series, leftOut }: PanelAnswer): Html {
  if (leftOut === 0) return html``;
  return html`<p class="note">The ${series.length} series with the greatest values of ${series.length + leftOut}.</p>`;
}

function rangeText({ times, stepMs }: BoardAnswers): string {
  return `${dateAndClock(times[0] ?? 0)} to ${dateAndClock(times.at(-1) ?? 0)} UTC, every ${formatDuration(stepMs)}`;
}

function hashOf({ html: text }: Html): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
