import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { PageAssets } from './page/render-page.ts';

/** Reads the files that go into every page. */
export function readPageAssets(): PageAssets {
  const { resolve } = createRequire(import.meta.url);
  const own = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  return {
    library: readFileSync(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    libraryCss: readFileSync(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    script: own('dist/page/board.js'),
    css: own('page/board.css'),
  };
}
