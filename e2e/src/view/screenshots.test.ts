import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  isChromiumAvailable,
  isPrometheusAvailable,
  type PrometheusProcess,
  readPng,
  showPage,
  startPrometheus,
} from '@paymesh/common/testing';

import { type ScenarioMesh, scrapeTargetsOf, startScenarioMesh } from '../harness/index.ts';
import { liveThrough } from './story.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const IMAGES = join(root, 'docs/images');
const hasAll = isPrometheusAvailable() && isChromiumAvailable();
/** A mesh, what it lives through, and a browser, on a busy machine. */
const SLOW_MS = 600_000;
const MAX_BYTES = 150_000;

/** What docs/ shows, and panels that must have moved by what the mesh lived through. */
const SHOTS: readonly {
  readonly board: string;
  readonly theme: 'light' | 'dark';
  readonly moved: readonly string[];
}[] = [
  { board: 'overview', theme: 'light', moved: ['Answers of gateway edge', 'Latency p99 by service'] },
  { board: 'decisions', theme: 'light', moved: ['Denials by reason', 'Time of a decision'] },
  { board: 'resilience', theme: 'dark', moved: ['Retry ratio', 'Connections that failed'] },
  { board: 'payments', theme: 'light', moved: ['Payments by result', 'Time to pay, p99'] },
];
/** The first two rows of panels, in pixels. */
const SIZE = { width: 1_280, height: 715 };
/** Envoy counts up its histograms every 5 s: the window of a rate, four of these, must be longer. */
const SCRAPE_INTERVAL = '2s';

(hasAll ? describe : describe.skip)('boards of a live mesh (needs prometheus and chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-shots-'));
  const images = process.env['UPDATE_SCREENSHOTS'] === '1' ? IMAGES : folder;
  let mesh: ScenarioMesh | undefined;
  let prometheus: PrometheusProcess;
  let from: number;
  let to: number;

  beforeAll(async () => {
    mesh = await startScenarioMesh({ root, env: process.env });
    prometheus = await startPrometheus({ targets: scrapeTargetsOf(mesh) });
    from = Math.floor(Date.now() / 1_000);
    await liveThrough(mesh);
    to = Math.ceil(Date.now() / 1_000);
    // What it lived through is kept; the browser needs the machine.
    await mesh.stop();
    mesh = undefined;
  }, SLOW_MS);

  afterAll(async () => {
    await mesh?.stop();
    await prometheus?.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(SHOTS)(
    '$board is drawn',
    async ({ board, theme, moved }) => {
      const page = join(folder, `${board}.html`);
      const range = ['--from', String(from), '--to', String(to), '--scrape-interval', SCRAPE_INTERVAL];
      const ran = spawnSync(
        process.execPath,
        [
          join(root, 'cli/bin/paymesh.mjs'),
          ...['dashboards', 'view', board, '--prometheus', prometheus.url, ...range, '--out', page],
        ],
        { cwd: root, encoding: 'utf8' },
      );
      expect({ status: ran.status, err: ran.stderr }).toEqual({ status: 0, err: '' });
      const picture = join(images, `${board}.png`);
      const panels = panelsIn(await showPage({ url: `file://${page}#${theme}`, picture, ...SIZE }));
      expect(panels.filter(({ state }) => state !== 'drawn' && state !== 'empty')).toEqual([]);
      const drawn = panels.filter(({ state }) => state === 'drawn').map(({ title }) => title);
      expect(drawn).toEqual(expect.arrayContaining([...moved]));
      expectPicture(picture);
    },
    SLOW_MS,
  );
});

test.each(SHOTS)('docs show $board, in a picture that is small enough for a repository', ({ board }) => {
  const picture = join(IMAGES, `${board}.png`);
  expectPicture(picture);
  expect(statSync(picture).size).toBeLessThan(MAX_BYTES);
  expect(readFileSync(join(root, 'docs/dashboards.md'), 'utf8')).toContain(`(images/${board}.png)`);
});

interface PanelState {
  readonly title: string;
  readonly state: string;
}

function panelsIn(dom: string): readonly PanelState[] {
  const pattern = /data-state="(\w+)"[^>]*>\s*<h3><span>([^<]*)<\/span>/g;
  return [...dom.matchAll(pattern)].map(([, state = '', title = '']) => ({ title, state }));
}

/** A PNG of the expected size that is not blank: many colours, those of lines among them. */
function expectPicture(file: string): void {
  const { width, height, colors } = readPng(readFileSync(file));
  expect({ width, height }).toEqual(SIZE);
  expect(colors.size).toBeGreaterThan(50);
  expect(colors.get('3d85d1')).toBeGreaterThan(100);
}
