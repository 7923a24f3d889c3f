import { benchMesh } from './mesh.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, (print: (line: string) => void) => Promise<void>>> = {
  mesh: benchMesh,
};

const [name] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
if (bench === undefined) {
  print(`npm run bench -- NAME\n\nBenchmarks: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = name === undefined || name === '--help' ? 0 : 3;
} else {
  await bench(print);
}
