import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { runLoadUntil, type ScenarioMesh, scrapeTargetsOf, startScenarioMesh } from '@paymesh/e2e';

import { median } from '../median.ts';
import { addBenchRoutes, POLICED_PATH } from '../routes.ts';
import { cpuTimeMs } from './cpu-time.ts';
import { scrape, scrapeUntil } from './scraper.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const PER_SECOND = 1_000;
const EVERY_MS = 1_000;
/** `serviceMonitor.interval` of the chart, in seconds. */
const CHART_EVERY_S = 15;
/** Pairs of windows: without scrapes, with them, without, ... */
const PAIRS = 6;
const WINDOW_MS = 6_000;
/** Scrapes of each component by itself, the mesh idle, after as many to warm up. */
const SCRAPES = 40;

interface Window {
  /** Of all processes of the mesh together, in milliseconds a second. */
  readonly cpuMs: number;
  readonly perSecond: number;
}

/**
 * What it costs the mesh to be scraped every second, in CPU time of its processes and of nothing else, so that neither the
 * load nor other work on the machine counts: in alternating windows under load, and for each component by itself.
 */
export async function benchScrape(print: (line: string) => void): Promise<void> {
  const mesh = await startScenarioMesh({ root, env: process.env, onProgress: (step) => print(`# ${step}`) });
  try {
    await addBenchRoutes(mesh);
    const eachMs = await measureEach(mesh, print);
    print(`one scrape of all of them: ${eachMs.toFixed(1)} ms, by the sum of the parts`);
    report(await measureWindows(mesh, print), eachMs, print);
  } finally {
    await mesh.stop();
  }
}

/** Prints CPU time and size of a scrape of each component; gives the sum of the times, in milliseconds. */
async function measureEach(mesh: ScenarioMesh, print: (line: string) => void): Promise<number> {
  let sumMs = 0;
  for (const target of scrapeTargetsOf(mesh)) {
    const pids = pidsOf(mesh, target.name);
    for (let index = 0; index < SCRAPES; index += 1) await scrape(target);
    const before = cpuTimeMs(pids);
    let bytes = 0;
    for (let index = 0; index < SCRAPES; index += 1) bytes = await scrape(target);
    const ms = (cpuTimeMs(pids) - before) / SCRAPES;
    sumMs += ms;
    print(
      `${target.name.padEnd(22)} ${ms.toFixed(2).padStart(6)} ms CPU a scrape, ${Math.round(bytes / 1_024)} KiB`,
    );
  }
  return sumMs;
}

async function measureWindows(
  mesh: ScenarioMesh,
  print: (line: string) => void,
): Promise<readonly { readonly without: Window; readonly scraped: Window }[]> {
  const merchant = mesh.merchant('merchant-vip-2026');
  const over = new AbortController();
  let answered = 0;
  const load = runLoadUntil(over.signal, {
    perSecond: PER_SECOND,
    send: async () => {
      const answer = await merchant.get(POLICED_PATH);
      if (answer.status === 200) answered += 1;
      return answer;
    },
  });
  const window = async (isScraped: boolean): Promise<Window> => {
    const end = new AbortController();
    const scraping = isScraped ? scrapeUntil(end.signal, scrapeTargetsOf(mesh), EVERY_MS) : Promise.resolve();
    const pids = mesh.processes.flatMap(({ pid }) => pid ?? []);
    const [startMs, cpuMs, count] = [performance.now(), cpuTimeMs(pids), answered];
    await pause(WINDOW_MS);
    const seconds = (performance.now() - startMs) / 1_000;
    const measured = {
      cpuMs: (cpuTimeMs(pids) - cpuMs) / seconds,
      perSecond: (answered - count) / seconds,
    };
    end.abort();
    await scraping;
    return measured;
  };
  try {
    await window(true);
    const pairs: { readonly without: Window; readonly scraped: Window }[] = [];
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      pairs.push({ without: await window(false), scraped: await window(true) });
      print(`# pair ${pair} of ${PAIRS}`);
    }
    return pairs;
  } finally {
    over.abort();
    await load;
  }
}

function report(
  pairs: readonly { readonly without: Window; readonly scraped: Window }[],
  eachMs: number,
  print: (line: string) => void,
): void {
  const without = median(pairs.map((pair) => pair.without.cpuMs));
  const added = median(pairs.map((pair) => pair.scraped.cpuMs - pair.without.cpuMs));
  const perSecond = median(pairs.flatMap((pair) => [pair.without.perSecond, pair.scraped.perSecond]));
  print(`Node ${process.versions.node}; medians of ${PAIRS} pairs of windows of ${WINDOW_MS / 1_000} s`);
  print(`wanted ${PER_SECOND} signed requests a second, answered ${perSecond.toFixed(0)}`);
  print(`mesh ${without.toFixed(0)} ms CPU a second; scraped every second ${added.toFixed(0)} ms more`);
  const sharesOf = (ms: number): string =>
    `${((100 * ms) / without).toFixed(1)} % of the mesh, ${(ms / 10).toFixed(1)} % of a core`;
  print(`added, by the windows: ${sharesOf(added)}`);
  // The windows are rough where other work takes the cores; what a scrape takes by itself is less so.
  print(`added, by the parts: ${sharesOf(eachMs)}`);
  print(`every ${CHART_EVERY_S} s, as the chart has it, by the parts: ${sharesOf(eachMs / CHART_EVERY_S)}`);
}

function pidsOf(mesh: ScenarioMesh, name: string): readonly number[] {
  const { pid } = mesh.process(name);
  return pid === undefined ? [] : [pid];
}
