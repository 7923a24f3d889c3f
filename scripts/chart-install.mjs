// npm run chart:install: set up, then install the chart into a Kubernetes API server.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root, setup } from './setup.mjs';

await setup();
process.chdir(root);
await import(pathToFileURL(join(root, 'e2e/dist/chart/install/main.js')).href);
