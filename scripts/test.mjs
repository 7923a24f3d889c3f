// npm test: set up, then every check and every test; ends with the line "N passed, N failed".
//   npm test -- --only unit      without the scenarios
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root, setup } from './setup.mjs';

const WORKSPACES = [
  'common',
  'control-plane',
  'ext-authz',
  'rate-limiter',
  'cli',
  'e2e',
  'bench',
  'sample-services',
];
const only = process.argv[process.argv.indexOf('--only') + 1];
const onlyUnit = process.argv.includes('--only') && only === 'unit';

await setup();
const results = mkdtempSync(join(tmpdir(), 'paymesh-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const [name, args] of checks()) check(name, args);
  findEnvoy();
  // Says what it could not fetch; then its tests are skipped, or fail in CI.
  node([join(root, 'e2e/dist/chart/provide-tools.js')]);
  jest('unit', ['--testPathIgnorePatterns', '/dist/', '<rootDir>/e2e/', '--maxWorkers', '2']);
  // One mesh at a time: scenarios measure time and count what every process saw.
  if (!onlyUnit) jest('scenarios', ['--testPathPatterns', 'e2e/src', '--runInBand']);
} finally {
  rmSync(results, { recursive: true, force: true });
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed === 0 ? 0 : 1);

function checks() {
  return [
    ['types', ['typescript/bin/tsc', '-b']],
    ['format and lint', ['@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']],
    ['types-aware lint', ['oxlint/bin/oxlint', '--type-aware', ...WORKSPACES]],
    [
      'import rules',
      ['dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', ...WORKSPACES],
    ],
    ['unused code', ['knip/bin/knip.js']],
  ];
}

function check(name, [script, ...args]) {
  console.log(`check: ${name}`);
  const done = node([join(root, 'node_modules', script), ...args]);
  if (done.status === 0) total.passed += 1;
  else fail(name);
}

function findEnvoy() {
  const done = node([join(root, 'cli/bin/paymesh.mjs'), 'envoy', 'install']);
  if (done.status !== 0) fail('Envoy');
}

function jest(name, args) {
  const report = join(results, `${name}.json`);
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const done = node(
    [
      ...flags,
      join(root, 'node_modules/jest/bin/jest.js'),
      '--json',
      '--outputFile',
      report,
      '--silent=false',
      ...args,
    ],
    'ignore',
  );
  const counts = readReport(report);
  if (counts === undefined) return fail(`${name} tests (jest ended with ${done.status ?? done.signal})`);
  total.passed += counts.numPassedTests;
  total.failed += counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  total.skipped += counts.numPendingTests + counts.numTodoTests;
  for (const suite of counts.testResults) {
    for (const test of suite.assertionResults)
      if (test.status === 'pending') console.log(`skipped: ${test.fullName}`);
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // No report: jest did not get that far, which the caller counts as a failure.
  }
}

function fail(name) {
  console.log(`FAILED: ${name}`);
  total.failed += 1;
}

function node(args, stdout = 'inherit') {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
}
