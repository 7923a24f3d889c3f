import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder beside `target` for what is fetched, so that it can be renamed into place, and removes it whatever
 * happens; also those of earlier processes that were killed.
 */
export async function withWorkFolder<T>(target: string, use: (work: string) => Promise<T>): Promise<T> {
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const work = mkdtempSync(join(parent, `download-${process.pid}-`));
  const cleanUp = (): void => rmSync(work, { recursive: true, force: true });
  process.once('exit', cleanUp);
  try {
    return await use(work);
  } finally {
    cleanUp();
    process.off('exit', cleanUp);
  }
}

/** Removes what downloads left whose process was killed. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^download-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // No such process, or somebody else's: not the one that made the folder.
  }
}
