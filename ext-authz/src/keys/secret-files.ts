import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { SecretSource } from './secret-source.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets in files beside the documents and in environment variables. */
export interface SecretFiles extends SecretSource {
  /** True once a file that was read is not what it was: written, replaced, removed or made; so for a folder. */
  hasChanged(): Promise<boolean>;
}

/** No key is longer: a certificate of an RSA key of 8192 bits in PEM has some 5 000 bytes. */
const MAX_FILE_BYTES = 16_384;

/** Reads secrets for one load and remembers which files they were. */
export function createSecretFiles(env: Environment): SecretFiles {
  const stamps = new Map<string, string>();
  // Before the first reading: what is written while this load goes on differs from it and is seen later.
  const noted = async (path: string, file: string): Promise<string> => {
    const absolute = resolve(dirname(file), path);
    if (!stamps.has(absolute)) stamps.set(absolute, await stampOf(absolute));
    return absolute;
  };
  return {
    readVariable: (name) => env[name],
    listFolder: async (path, file) => readdir(await noted(path, file)),
    readFile: async (path, file, maxBytes = MAX_FILE_BYTES) => {
      const absolute = await noted(path, file);
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
