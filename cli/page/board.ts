// The script of a page of `paymesh dashboards view`: draws every chart with uPlot from the JSON in the page. In the page
// it stands behind uPlot and formatValue, in one classic script; the page loads nothing.

type ChartData = import('../src/board-view/page/chart.ts').ChartData;
type Mark = import('../src/board-view/answers.ts').Mark;
declare const formatValue: typeof import('../src/board-view/format.ts').formatValue;

interface PageData {
  readonly times: number[];
  readonly marks: readonly Mark[];
  readonly charts: readonly ChartData[];
}

/** Lines that a tip shows, the greatest first. */
const MOST_IN_TIP = 12;
/** Distance at which the cursor is at a mark, in pixels. */
const NEAR = 6;
const FONT = '11px system-ui, sans-serif';

const { times, marks, charts } = JSON.parse(element('#board', document).textContent ?? '') as PageData;
followAddress();
const plots = [...document.querySelectorAll<HTMLElement>('.chart')].flatMap((place) => {
  const chart = charts[Number(place.dataset['chart'])];
  return chart === undefined ? [] : [plotIn(place, chart)];
});
followTheme();

function plotIn(place: HTMLElement, chart: ChartData): uPlot {
  const data = [times, ...chart.lines.map(({ values }) => [...values])] as uPlot.AlignedData;
  const plot = new uPlot(optionsOf(chart, place), data, place);
  new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize(sizeOf(place));
  }).observe(place);
  listenToLegend(place, plot);
  return plot;
}

function optionsOf(chart: ChartData, place: HTMLElement): uPlot.Options {
  const tip = document.createElement('div');
  tip.className = 'tip';
  return {
    ...sizeOf(place),
    padding: [8, 26, 0, 4],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { sync: { key: 'board' }, points: { size: 6 }, y: false },
    scales: { y: { range: (_, least, most) => rangeOf(chart, least, most) } },
    axes: [
      {
        ...axis(),
        size: 26,
        space: 72,
        values: (_, at, __, ___, apart) => at.map((seconds) => timeText(seconds, apart)),
      },
      {
        ...axis(),
        size: (plot, texts) => Math.max(40, ...(texts ?? []).map((text) => widthOf(plot, text) + 16)),
        values: (_, at, __, ___, apart) => at.map((value) => formatValue(value, chart.scale, apart)),
      },
    ],
    series: [{}, ...chart.lines.map((line) => seriesOf(line, chart.fill))],
    hooks: {
      ready: [(plot) => plot.over.append(tip)],
      draw: [(plot) => drawLimits(plot, chart), drawMarks, () => tellDrawn(place)],
      setCursor: [(plot) => showTip(tip, plot, chart)],
    },
  };
}

function sizeOf(place: HTMLElement): { width: number; height: number } {
  return { width: place.clientWidth || 400, height: place.clientHeight || 200 };
}

function axis(): uPlot.Axis {
  return {
    stroke: () => style('--faint'),
    font: FONT,
    grid: { stroke: () => style('--grid'), width: 1 },
    ticks: { stroke: () => style('--grid'), width: 1, size: 4 },
    gap: 4,
  };
}

function seriesOf({ name, color }: ChartData['lines'][number], fill: number): uPlot.Series {
  const opacity = Math.round(fill * 255)
    .toString(16)
    .padStart(2, '0');
  return {
    label: name,
    stroke: color,
    width: 1.5,
    ...(fill > 0 && { fill: color + opacity }),
    points: { show: (plot, index, from, to) => isLonely(plot.data[index] ?? [], from, to), size: 4 },
  };
}

/** One value between two gaps is no line, and would not be seen. */
function isLonely(values: ArrayLike<number | null | undefined>, from: number, to: number): boolean {
  let there = 0;
  for (let at = from; at <= to && there < 2; at += 1) if (typeof values[at] === 'number') there += 1;
  return there === 1;
}

/** From zero, so that lines of two panels compare, unless all that is seen moves far away from it. */
function rangeOf(
  { min, max }: ChartData,
  least: number | null,
  most: number | null,
): [low: number, high: number] {
  if (least === null || most === null) return [min ?? 0, max ?? 1];
  const apart = most - least;
  const isFar = least > 0 && apart > 0 && apart / most < 0.2;
  if (isFar) return [min ?? least - apart * 0.1, max ?? most + apart * 0.1];
  const high = most > 0 ? most * 1.08 : 0;
  return [min ?? Math.min(0, least * 1.08), max ?? (least === 0 && most === 0 ? 1 : high)];
}

function timeText(seconds: number, apart: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  if (apart >= 86400 || iso.endsWith('T00:00:00.000Z')) return iso.slice(5, 10);
  return apart < 60 ? iso.slice(11, 19) : iso.slice(11, 16);
}

function widthOf({ ctx }: uPlot, text: string): number {
  ctx.font = FONT;
  return ctx.measureText(text).width;
}

function drawLimits(plot: uPlot, { limits }: ChartData): void {
  const { left, top, width, height } = plot.bbox;
  for (const { from, color } of limits) {
    const at = plot.valToPos(from, 'y', true);
    if (at >= top && at <= top + height) dash(plot, color, [left, at], [left + width, at]);
  }
}

function drawMarks(plot: uPlot): void {
  const { left, top, width, height } = plot.bbox;
  for (const { time, color } of marks) {
    const at = plot.valToPos(time, 'x', true);
    if (at >= left && at <= left + width) dash(plot, color, [at, top], [at, top + height]);
  }
}

type Point = [x: number, y: number];

function dash({ ctx }: uPlot, color: string, from: Point, to: Point): void {
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}

function tellDrawn(place: HTMLElement): void {
  const { dataset } = panelOf(place);
  if (dataset['state'] === 'waiting') dataset['state'] = 'drawn';
}

function showTip(tip: HTMLElement, plot: uPlot, chart: ChartData): void {
  const { idx, left = 0 } = plot.cursor;
  tip.hidden = typeof idx !== 'number' || !plot.over.matches(':hover');
  if (tip.hidden || typeof idx !== 'number') return;
  const rows = chart.lines
    .flatMap(({ name, color, values }, index) => {
      const value = values[idx] ?? null;
      return value === null || plot.series[index + 1]?.show === false ? [] : [{ name, color, value }];
    })
    .sort((one, other) => other.value - one.value)
    .slice(0, MOST_IN_TIP)
    .map(({ name, color, value }) => tipRow(color, name, formatValue(value, chart.scale)));
  const notes = marks
    .filter(({ time }) => Math.abs(plot.valToPos(time, 'x') - left) < NEAR)
    .map(({ title, color }) => tipRow(color, title, ''));
  tip.replaceChildren(tipHead(times[idx] ?? 0), ...notes, ...rows);
  const { clientWidth } = plot.over;
  const isRight = left > clientWidth / 2;
  tip.style.left = isRight ? 'auto' : `${left + 12}px`;
  tip.style.right = isRight ? `${clientWidth - left + 12}px` : 'auto';
}

function tipHead(seconds: number): HTMLElement {
  const row = document.createElement('div');
  row.textContent = `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return row;
}

function tipRow(color: string, name: string, value: string): HTMLElement {
  const row = document.createElement('div');
  const key = document.createElement('i');
  key.style.background = color;
  const label = document.createElement('span');
  label.textContent = name;
  const figure = document.createElement('b');
  figure.textContent = value;
  row.append(key, label, figure);
  return row;
}

/** A click hides a line or shows it again. */
function listenToLegend(place: HTMLElement, plot: uPlot): void {
  for (const key of panelOf(place).querySelectorAll<HTMLElement>('.key')) {
    key.addEventListener('click', () => {
      const show = key.getAttribute('aria-pressed') !== 'true';
      key.setAttribute('aria-pressed', String(show));
      plot.setSeries(Number(key.dataset['line']) + 1, { show });
    });
  }
}

/** `#light` and `#dark` choose how the page begins, before anything is drawn. */
function followAddress(): void {
  if (location.hash === '#light' || location.hash === '#dark')
    document.documentElement.dataset['theme'] = location.hash.slice(1);
}

/** As the system says, until the button says otherwise. */
function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const { dataset } = document.documentElement;
  const redraw = (): void => {
    for (const plot of plots) plot.redraw();
  };
  dark.addEventListener('change', redraw);
  element('#theme', document).addEventListener('click', () => {
    const now = dataset['theme'] ?? (dark.matches ? 'dark' : 'light');
    dataset['theme'] = now === 'dark' ? 'light' : 'dark';
    redraw();
  });
}

function style(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function panelOf(place: HTMLElement): HTMLElement {
  return place.closest<HTMLElement>('.panel') ?? place;
}

function element(selector: string, within: ParentNode): HTMLElement {
  const found = within.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
