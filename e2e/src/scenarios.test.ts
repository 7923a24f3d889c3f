import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type ScenarioMesh, startScenarioMesh } from './harness/index.ts';
import { scenarios } from './scenarios/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const START_TIMEOUT_MS = 90_000;
const SCENARIO_TIMEOUT_MS = 90_000;

describe('the sample mesh, with real Envoys', () => {
  let mesh: ScenarioMesh;

  beforeAll(async () => {
    mesh = await startScenarioMesh({ root, env: process.env });
  }, START_TIMEOUT_MS);

  afterAll(() => mesh?.stop());

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const verdict = await scenario.run(mesh);
      // The whole verdict, so that a failure tells what was measured and why.
      expect(verdict).toEqual({ ok: true, measured: verdict.measured });
    },
    SCENARIO_TIMEOUT_MS,
  );
});
