// npm run demo: set up, then run the mesh, or its scenarios.
//   npm run demo                            the mesh, until Ctrl-C
//   npm run demo -- --scenario psp-down     one scenario with its verdict
//   npm run demo -- --scenario all --json   all of them, one JSON line each
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root, setup } from './setup.mjs';

const args = process.argv.slice(2);
const isScenario = args.some((arg) => arg === '--scenario' || arg.startsWith('--scenario='));
await setup();
process.chdir(root);
if (isScenario) {
  await import(pathToFileURL(join(root, 'e2e/dist/main.js')).href);
} else {
  process.argv = [process.argv[0], join(root, 'cli/bin/paymesh.mjs'), 'up', ...args];
  await import(pathToFileURL(process.argv[1]).href);
}
