import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  isChromiumAvailable,
  isPrometheusAvailable,
  type PrometheusProcess,
  readPng,
  showPage,
  startPrometheus,
} from '@paymesh/common/testing';

import {
  builtInValues,
  collectAnswers,
  createPrometheus,
  readBoard,
  readPageAssets,
  renderPage,
  resolveVariables,
  timeRangeOf,
} from './index.ts';

const hasAll = isPrometheusAvailable() && isChromiumAvailable();
/** Prometheus, a browser twice; on a busy machine each takes half a minute. */
const SLOW_MS = 300_000;
const SIZE = { width: 1_200, height: 800 };
const HOSTILE = '</script><img src=x onerror="document.title=1">';
const KINDS = ['timeseries', 'stat', 'state-timeline', 'gauge', 'bargauge', 'table'];
const BOARD = {
  title: 'What $job says',
  time: { from: 'now-1m', to: 'now' },
  templating: { list: [{ type: 'query', name: 'job', query: 'label_values(work_total, job)' }] },
  annotations: {
    list: [{ name: 'Start', expr: 'up unless up offset 30s', titleFormat: '{{instance}} is up' }],
  },
  panels: [
    ...KINDS.map((type, index) => ({
      ...{ type, title: `${type} of $job`, description: 'Work.' },
      gridPos: { x: (index % 3) * 8, y: Math.floor(index / 3) * 8, w: 8, h: 8 },
      targets: [
        { expr: 'sum by (kind) (rate(work_total{job="$job"}[$__rate_interval]))', legendFormat: '{{kind}}' },
      ],
    })),
    { type: 'timeseries', title: 'Nothing', targets: [{ expr: 'no_such_metric' }] },
  ],
};

/** A program whose work goes on with every look at it. */
function startTarget(): Promise<Server> {
  let looks = 0;
  const server = createServer((_, response) => {
    looks += 1;
    const label = JSON.stringify(HOSTILE);
    response.end(
      `# TYPE work_total counter\nwork_total{kind=${label}} ${looks * 7}\nwork_total{kind="plain"} ${looks * 4}\n`,
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

(hasAll ? describe : describe.skip)('a page in a browser (needs prometheus and chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-page-'));
  const file = join(folder, 'page.html');
  let target: Server;
  let prometheus: PrometheusProcess;

  beforeAll(async () => {
    target = await startTarget();
    const { port } = target.address() as AddressInfo;
    prometheus = await startPrometheus({ targets: [{ name: 'worker', address: `127.0.0.1:${port}` }] });
    await eventually(
      async () => {
        const page = await drawPage(prometheus.url);
        // A rate needs two samples; a line that is seen, a few more.
        expect(page.match(/"values":\[[^\]]*(\d[^\]]*,){5}/g)).not.toBeNull();
        writeFileSync(file, page);
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
  }, SLOW_MS);

  afterAll(async () => {
    await prometheus?.stop();
    target?.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['light', 'f4f5f7'],
    ['dark', '111318'],
  ])(
    'in %s draws every panel, and a hostile label as text',
    async (theme, background) => {
      const picture = join(folder, `${theme}.png`);
      const dom = await showPage({ url: `file://${file}#${theme}`, picture, ...SIZE });
      const states = [...dom.matchAll(/data-kind="([\w-]+)" data-state="(\w+)"/g)];
      expect(states.map(([, kind, state]) => [kind, state])).toEqual([
        ...KINDS.map((kind) => [kind, 'drawn']),
        ['timeseries', 'empty'],
      ]);
      expect(dom.match(/<canvas/g)).toHaveLength(1);
      expect(dom).toContain('<title>What $job says</title>');
      expect(dom).toContain('timeseries of worker');
      expect(dom).not.toContain('<img');
      expect(dom).toContain('&lt;/script&gt;&lt;img src=x onerror="document.title=1"&gt;</span>');

      const { width, height, colors } = readPng(readFileSync(picture));
      expect({ width, height }).toEqual(SIZE);
      expect(colors.get(background)).toBeGreaterThan(10_000);
      // The first two lines of a chart, and the bar of the gauge.
      expect(colors.get('3d85d1')).toBeGreaterThan(1_000);
      expect(colors.get('e58a2e')).toBeGreaterThan(20);
    },
    SLOW_MS,
  );
});

/** What `paymesh dashboards view` does, without the command line. */
async function drawPage(url: string): Promise<string> {
  const read = readBoard(JSON.stringify(BOARD));
  if (read.kind === 'error') throw new Error(read.message);
  const { board } = read;
  const scrapeIntervalMs = 1_000;
  const range = timeRangeOf({ ...board, step: '1s', scrapeIntervalMs, nowMs: Date.now() });
  if (range.kind === 'mistake') throw new Error(range.message);
  const { signal } = new AbortController();
  const prometheus = createPrometheus({ url: new URL(url), token: undefined, signal });
  const variables = await resolveVariables({
    ...{ variables: board.variables, chosen: new Map(), prometheus, range, datasource: url },
    builtIn: builtInValues(range, scrapeIntervalMs),
  });
  const answers = await collectAnswers({ board, prometheus, range, variables });
  return renderPage({ board, answers, variables, assets: readPageAssets(), prometheus: url });
}
