import { open, readFile, rename } from 'node:fs/promises';

import {
  holdsAt,
  indexOverrides,
  type Override,
  overrideKey,
  parseOverride,
  withOverride,
  withoutOverride,
} from '../overrides/index.ts';
import { MAX_OVERRIDES, type OverrideStore } from './types.ts';

/**
 * Overrides of one process: in a file, or without one gone with the process. The file is replaced as a whole, so it is
 * always the old or the new one. Each change leaves out what has ended. Rejects when the file is there and holds anything else.
 */
export async function openFileOverrides(path?: string): Promise<OverrideStore> {
  let index = indexOverrides(path === undefined ? [] : await readOverrides(path));
  let queue: Promise<unknown> = Promise.resolve();
  const change = async (edit: (all: readonly Override[]) => readonly Override[]): Promise<void> => {
    const now = Date.now();
    const after = edit(index.all.filter((override) => holdsAt(override, now)));
    if (after.length > MAX_OVERRIDES)
      throw new Error(`there are ${MAX_OVERRIDES} overrides, and no more may be`);
    if (path !== undefined) await writeOverrides(path, after);
    index = indexOverrides(after);
  };
  /** One after the other: each sees what the one before has written. */
  const queued = (edit: (all: readonly Override[]) => readonly Override[]): Promise<void> => {
    const done = queue.then(() => change(edit));
    // Whoever asked is told of a failure; the next one begins all the same.
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    current: () => index,
    put: (override) => queued((all) => withOverride(all, override)),
    remove: async (target) => {
      let isFound = false;
      await queued((all) => {
        isFound = all.some((one) => overrideKey(one) === overrideKey(target));
        return withoutOverride(all, target);
      });
      return isFound;
    },
    close: async () => {
      await queue;
    },
  };
}

async function readOverrides(path: string): Promise<readonly Override[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new Error('expected a list of overrides');
  return list.map((json, at) => {
    const parsed = parseOverride(json);
    if (parsed.kind === 'error') throw new Error(`override ${at + 1}: ${parsed.message}`);
    return parsed.value;
  });
}

async function writeOverrides(path: string, all: readonly Override[]): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`[\n${all.map((override) => JSON.stringify(override)).join(',\n')}\n]\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
