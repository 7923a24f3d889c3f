import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { SecretSource } from './load-key-ring.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets in files beside the documents and in environment variables. */
export interface SecretFiles extends SecretSource {
  /** True once a file that was read is not what it was: written, replaced, removed or made. */
  hasChanged(): Promise<boolean>;
}

/** No secret is longer, spelled in base64 with white space around it. */
const MAX_FILE_BYTES = 4_096;

/** Reads secrets for one load and remembers which files they were. */
export function createSecretFiles(env: Environment): SecretFiles {
  const stamps = new Map<string, string>();
  return {
    readVariable: (name) => env[name],
    readFile: async (path, file, maxBytes = MAX_FILE_BYTES) => {
      const absolute = resolve(dirname(file), path);
      // Before the first reading: what is written while this load goes on differs from it and is seen later.
      if (!stamps.has(absolute)) stamps.set(absolute, await stampOf(absolute));
      const { size } = await stat(absolute);
      // An empty text is refused by the parser, and so a large file is never read.
      return size > maxBytes ? '' : readFile(absolute, 'utf8');
    },
    hasChanged: async () => {
      const same = [...stamps].map(async ([path, stamp]) => (await stampOf(path)) === stamp);
      return (await Promise.all(same)).includes(false);
    },
  };
}

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch {
    // Loading reports what is wrong with the file; here only the change counts.
    return 'none';
  }
}
