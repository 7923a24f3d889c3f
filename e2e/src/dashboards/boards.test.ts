import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isPrometheusAvailable } from '@paymesh/common/testing';

import type { Judged } from './judge.ts';
import { STORIES } from './movers.ts';
import { type Performance, startPerformance } from './perform.ts';
import { prove } from './prove.ts';
import { tableOf } from './table.ts';

const root = join(import.meta.dirname, '../../..');
/** Long, for machines that do other things too. */
const PERFORM_TIMEOUT_MS = 1_800_000;

(isPrometheusAvailable() ? describe : describe.skip)(
  'boards and rules of a live mesh (needs prometheus)',
  () => {
    let performance: Performance;
    let judged: readonly Judged[];

    beforeAll(async () => {
      performance = await startPerformance({ root, env: process.env });
      judged = await prove(performance);
      const table = tableOf(judged);
      process.stdout.write(table);
      const path = process.env['PAYMESH_PANEL_TABLE'];
      if (path !== undefined) writeFileSync(path, table);
    }, PERFORM_TIMEOUT_MS);

    afterAll(() => performance?.stop());

    test('every story was told to its end', () => {
      expect([...performance.broken]).toEqual([]);
      expect([...performance.spans.keys()]).toEqual([...STORIES]);
    });

    test.each(['annotation', 'panel', 'recording', 'alert'] as const)(
      'every expression of kind %s parses, names what is scraped, and is moved by its story',
      (kind) => {
        const ofKind = judged.filter(({ expression }) => expression.kind === kind);
        expect(ofKind).not.toEqual([]);
        expect(
          ofKind.flatMap(({ expression: { file, panel, legend }, faults }) =>
            faults.map((fault) => `${file}: ${panel} ${legend}: ${fault}`),
          ),
        ).toEqual([]);
      },
    );
  },
);
