import { CommandError } from '@paymesh/e2e';

import { benchExtAuthz } from './ext-authz/index.ts';
import { benchExtAuthzSoak } from './ext-authz-soak/index.ts';
import { benchMesh } from './mesh.ts';
import { benchRateLimiter } from './rate-limiter/index.ts';
import { benchRlqs } from './rlqs/index.ts';
import { benchScrape } from './scrape/index.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, (print: (line: string) => void) => Promise<void>>> = {
  mesh: benchMesh,
  'ext-authz': benchExtAuthz,
  'ext-authz-soak': benchExtAuthzSoak,
  rlqs: benchRlqs,
  'rate-limiter': benchRateLimiter,
  scrape: benchScrape,
};

const [name] = process.argv.slice(2);
const bench = name !== undefined && Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const usage = `npm run bench -- NAME\n\nBenchmarks: ${Object.keys(BENCHES).join(', ')}`;
if (bench !== undefined) {
  await run(bench);
} else if (name === undefined || name === '--help') {
  print(usage);
} else {
  process.stderr.write(`no benchmark "${name}"\n\n${usage}\n`);
  process.exitCode = 3;
}

async function run(chosen: (typeof BENCHES)[string]): Promise<void> {
  try {
    await chosen(print);
  } catch (error) {
    // No Envoy to be had, or a mesh that cannot start: its one sentence says what to do.
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`paymesh: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
