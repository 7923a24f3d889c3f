import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../testdata', import.meta.url));

/** Input files of a folder of testdata, by name without ending. */
export function goldenInputs(folder: string): readonly { name: string; text: string }[] {
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.yaml'.length),
      text: readFileSync(join(ROOT, folder, file), 'utf8'),
    }));
}

/** What `out/FOLDER/NAME.txt` holds; with UPDATE_GOLDEN=1 it is written first. */
export function golden(folder: string, name: string, actual: string): string {
  const path = join(ROOT, 'out', folder, `${name}.txt`);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(join(ROOT, 'out', folder), { recursive: true });
    writeFileSync(path, actual);
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : `(no ${path}: run with UPDATE_GOLDEN=1)`;
}

/** Names of goldens without an input; with UPDATE_GOLDEN=1 they are removed first. */
export function staleGoldens(folder: string, names: readonly string[]): readonly string[] {
  const out = join(ROOT, 'out', folder);
  const stale = () => readdirSync(out).filter((file) => !names.includes(file.slice(0, -'.txt'.length)));
  if (process.env['UPDATE_GOLDEN'] === '1') for (const file of stale()) rmSync(join(out, file));
  return stale();
}
