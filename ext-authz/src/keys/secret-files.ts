import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { SecretSource } from './load-key-ring.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets in files beside the documents and in environment variables. */
export interface SecretFiles extends SecretSource {
  /** Changes whenever one of the files read so far was written, replaced, removed or made. */
  stamp(): Promise<string>;
}

/** No secret is longer, spelled in base64 with white space around it. */
const MAX_FILE_BYTES = 4_096;

/** Reads secrets for one load and remembers which files they were. */
export function createSecretFiles(env: Environment): SecretFiles {
  const paths = new Set<string>();
  return {
    readVariable: (name) => env[name],
    readFile: async (path, file) => {
      const absolute = resolve(dirname(file), path);
      paths.add(absolute);
      const { size } = await stat(absolute);
      // An empty text is refused by the parser, and so a large file is never read.
      return size > MAX_FILE_BYTES ? '' : readFile(absolute, 'utf8');
    },
    stamp: async () => (await Promise.all([...paths].map(stampOf))).join(),
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
