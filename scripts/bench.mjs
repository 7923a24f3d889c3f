// npm run bench -- mesh: set up, then measure.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root, setup } from './setup.mjs';

await setup();
process.chdir(root);
await import(pathToFileURL(join(root, 'bench/dist/main.js')).href);
