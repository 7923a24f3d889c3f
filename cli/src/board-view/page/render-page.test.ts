import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { BoardAnswers } from '../answers.ts';
import { readPageAssets } from '../page-assets.ts';
import { readBoard } from '../read-board.ts';
import { renderPage } from './render-page.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)>"\'';
const ESCAPED = '&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;';
const TIMES = [1_795_742_665, 1_795_742_670, 1_795_742_675];

function panelJson(type: string, more: object = {}): object {
  return { type, title: `The ${type}`, description: 'What it says.', targets: [{ expr: 'a' }], ...more };
}

const series = [
  { name: 'one', labels: { l: 'one' }, values: [0, 1, 0.0123456789] },
  { name: HOSTILE, labels: { l: HOSTILE }, values: [2_000, null, 3_000] },
];

/** The page of a board of these panels, each with the two series. */
function page(panels: readonly object[], change: Partial<BoardAnswers> = {}, board: object = {}): string {
  const read = readBoard(JSON.stringify({ title: 'Board', ...board, panels }));
  if (read.kind === 'error') throw new Error(read.message);
  const answers: BoardAnswers = {
    times: TIMES,
    stepMs: 5_000,
    marks: [],
    problems: [],
    panels: read.board.sections.map((section) =>
      section.panels.map(() => ({ series, leftOut: 0, problems: [] })),
    ),
    ...change,
  };
  return renderPage({
    ...{ board: read.board, answers, variables: new Map(), assets: readPageAssets() },
    prometheus: 'http://127.0.0.1:9090',
  });
}

/** Markup outside of the scripts and styles. */
function markup(text: string): string {
  return text.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '<$1/>');
}

const KINDS = ['timeseries', 'stat', 'state-timeline', 'gauge', 'bargauge', 'table'];

describe('the page of a board', () => {
  test.each(KINDS)('draws a hostile label of a %s as text', (kind) => {
    const text = page([panelJson(kind)]);
    expect(text).not.toContain('<img');
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(markup(text)).toContain(ESCAPED);
  });

  test('draws what else comes from outside as text', () => {
    const options = { content: HOSTILE };
    const hostile = { title: HOSTILE, description: HOSTILE, options, gridPos: { x: HOSTILE } };
    const defaults = { unit: HOSTILE, thresholds: { steps: [{ color: `red;}</style>${HOSTILE}` }] } };
    const text = page(
      [
        { type: 'row', title: HOSTILE },
        panelJson('text', hostile),
        panelJson(HOSTILE, hostile),
        panelJson('stat', { ...hostile, fieldConfig: { defaults } }),
        panelJson('timeseries', { ...hostile, fieldConfig: { defaults } }),
      ],
      { problems: [HOSTILE], marks: [{ time: 1_795_742_670, title: HOSTILE, color: HOSTILE }] },
      { title: HOSTILE, description: HOSTILE },
    );
    expect(text).not.toContain('<img');
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
  });

  test('loads nothing, and runs no script but its own', () => {
    const text = page(KINDS.map((kind) => panelJson(kind)));
    const script = /<script>(.*)<\/script>/s.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    expect(text).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-${hash}&#39;"`,
    );
    const tags = markup(text).replaceAll(ESCAPED, '');
    expect(tags).not.toMatch(/<(link|img|iframe|script) |\son[a-z]+=|(src|href)=/);
    expect(script).toContain('github.com/leeoniya/uPlot (v1.6.32)');
  });

  test('gives its script times, marks and lines, with as many digits as can be seen', () => {
    const marks = [{ time: 1_795_742_670, title: 'Revision 1', color: 'purple' }];
    const thresholds = {
      steps: [
        { value: null, color: 'green' },
        { value: 5, color: 'dark-red' },
      ],
    };
    const custom = { fillOpacity: 20, thresholdsStyle: { mode: 'line' } };
    const fieldConfig = { defaults: { unit: 's', max: 9, thresholds, custom } };
    const text = page([panelJson('timeseries', { fieldConfig })], { marks });
    const data: unknown = JSON.parse(
      /<script type="application\/json" id="board">(.*?)<\/script>/s.exec(text)?.[1] ?? '',
    );
    expect(data).toMatchObject({
      times: TIMES,
      marks: [{ time: 1_795_742_670, title: 'Revision 1', color: '#9a6fc4' }],
      charts: [
        {
          ...{ min: null, max: 9, fill: 0.2, limits: [{ from: 5, color: '#d6525c' }] },
          lines: [
            { name: 'one', values: [0, 1, 0.0123457] },
            { name: HOSTILE, values: [2_000, null, 3_000] },
          ],
        },
      ],
    });
  });

  test('lays panels out on the grid of Grafana, each row from its own top', () => {
    const text = page([
      panelJson('stat', { gridPos: { x: 0, y: 0, w: 24, h: 4 } }),
      { type: 'row', title: 'Below', gridPos: { x: 0, y: 4, w: 24, h: 1 } },
      panelJson('stat', { gridPos: { x: 8, y: 5, w: 8, h: 8 } }),
      panelJson('stat', { gridPos: { x: 16, y: 13, w: 8, h: 8 } }),
    ]);
    expect(text.match(/--place:[^"]*/g)).toEqual([
      '--place:1/1/span 4/span 24',
      '--place:1/9/span 8/span 8',
      '--place:9/17/span 8/span 8',
    ]);
    expect(text).toContain('<h2>Below</h2>');
  });

  test('tells what failed, what is empty and what was left out', () => {
    const text = markup(
      page([panelJson('timeseries'), panelJson('stat'), panelJson('timeseries'), panelJson('candlestick')], {
        panels: [
          [
            { series: [], leftOut: 0, problems: ['parse error'] },
            { series: [], leftOut: 0, problems: [] },
            { series, leftOut: 310, problems: [] },
          ],
        ],
      }),
    );
    const states = [...text.matchAll(/data-state="(\w+)"/g)].map(([, state]) => state);
    expect(states).toEqual(['problem', 'empty', 'waiting', 'drawn']);
    expect(text).toContain('<p class="problem">parse error</p>');
    expect(text.match(/No data in this range/g)).toHaveLength(1);
    expect(text).toContain('The 2 series with the greatest values of 312.');
    expect(text).toContain('Panels of the kind "candlestick" are not drawn here.');
  });

  test('shows values with units, words and colours of thresholds', () => {
    const mappings = [{ type: 'value', options: { '3000': { text: 'many' } } }];
    const thresholds = {
      steps: [
        { value: null, color: 'green' },
        { value: 100, color: 'red' },
      ],
    };
    const text = markup(
      page([panelJson('stat', { fieldConfig: { defaults: { unit: 's', thresholds, mappings } } })]),
    );
    expect(text).toMatch(/style="color:#4fa55b">.*<strong>12.3 ms<\/strong><span class="name">one/);
    expect(text).toMatch(/style="color:#d6525c">.*<strong>many<\/strong>/);
  });

  test('shows states as stretches, those that changed first', () => {
    const text = markup(page([panelJson('state-timeline')]));
    expect(text.indexOf('title="one"')).toBeLessThan(text.indexOf('class="ends"'));
    expect(text).toContain('title="1, 01:24:30 to 01:24:30" style="left:33.333%;width:33.333%');
    expect(text).toContain('<span>01:24:25</span><span>01:24:35</span>');
  });

  test('is the same for the same input', () => {
    expect(page(KINDS.map((kind) => panelJson(kind)))).toBe(page(KINDS.map((kind) => panelJson(kind))));
  });
});
