import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { CommandError } from '@paymesh/cli';

import { type Scenario, type ScenarioMesh, startScenarioMesh, type Verdict } from './harness/index.ts';
import { scenarios } from './scenarios/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const HELP = `npm run demo -- --scenario NAME|all [--json] [--times N]

Runs scenarios against a fresh mesh of real Envoys and prints a verdict with what was measured.
  --json      one JSON line a scenario: {"scenario", "ok", "measured", "why"?}
  --times N   runs them N times in a row (default 1)

Scenarios:
${scenarios.map(({ name, summary }) => `  ${name.padEnd(22)} ${summary}`).join('\n')}
`;

try {
  process.exitCode = await main();
} catch (error) {
  // No Envoy to be had, or a mesh that cannot start: its one sentence says what to do.
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`paymesh: ${error.message}\n`);
  process.exitCode = error.exitCode;
}

async function main(): Promise<number> {
  const options = readArgs();
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (options === undefined) return 3;
  const chosen =
    options.scenario === 'all' ? scenarios : scenarios.filter(({ name }) => name === options.scenario);
  if (chosen.length === 0) {
    process.stderr.write(`no scenario "${options.scenario}"\n\n${HELP}`);
    return 3;
  }
  let mesh: ScenarioMesh | undefined;
  const stop = async (): Promise<void> => {
    await mesh?.stop();
    // Asked to stop before the mesh stands: its supervisor ends what was started.
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop());
  mesh = await startScenarioMesh({
    root,
    env: process.env,
    onProgress: (step) => process.stderr.write(`${step}\n`),
  });
  try {
    const rounds = Array.from({ length: options.times }, () => chosen).flat();
    let failed = 0;
    for (const scenario of rounds) {
      const verdict = await tell(scenario, mesh);
      if (!verdict.ok) failed += 1;
      process.stdout.write(options.json ? asJson(scenario, verdict) : asText(scenario, verdict));
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await mesh.stop();
  }
}

function readArgs():
  | { readonly scenario: string; readonly json: boolean; readonly times: number }
  | 'help'
  | undefined {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string', default: 'all' },
        json: { type: 'boolean', default: false },
        times: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    if (!/^[1-9]\d{0,3}$/.test(values.times))
      throw new Error(`--times takes a number from 1 to 9999; got "${values.times}"`);
    return { scenario: values.scenario, json: values.json, times: Number(values.times) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return undefined;
  }
}

async function tell(scenario: Scenario, mesh: ScenarioMesh): Promise<Verdict> {
  try {
    return await scenario.run(mesh);
  } catch (error) {
    return { ok: false, measured: {}, why: error instanceof Error ? error.message : String(error) };
  }
}

function asJson({ name }: Scenario, verdict: Verdict): string {
  return `${JSON.stringify({ scenario: name, ...verdict })}\n`;
}

function asText({ name, summary }: Scenario, { ok, measured, why }: Verdict): string {
  const figures = Object.entries(measured).map(([key, value]) => `    ${key.padEnd(24)} ${value}\n`);
  const reason = why === undefined ? '' : `    because: ${why}\n`;
  return `${ok ? 'ok    ' : 'FAILED'}  ${name}: ${summary}\n${figures.join('')}${reason}`;
}
