import { type LoadedPolicies, loadPolicies } from '@paymesh/common/policy';
import { readFolder, type SourceFile, watchFolder } from '@paymesh/common/source';

import { isSameJwks, type JwksFiles, readJwksFiles } from './jwks-files.ts';

/** A set of policies with the files that they name. */
export interface LoadedMesh extends LoadedPolicies {
  /** Default: none could be read. */
  readonly jwks?: JwksFiles;
  /** What the documents were read from. Default: nothing that rate limiters could be given. */
  readonly files?: readonly SourceFile[];
}

/** Where sets of documents come from. */
export interface PolicyFolder {
  read(): Promise<LoadedMesh>;
  /** Gives the complete set after each change from what was read; the result ends it. */
  watch(onLoaded: (loaded: LoadedMesh) => void, onError: (error: Error) => void): () => Promise<void>;
}

/** Keys may lie outside the folder, as mounted ones do: they are looked at, not watched. */
const KEY_POLL_MS = 2_000;

/** A folder of YAML files on this machine. */
export function policyFolder(dir: string): PolicyFolder {
  let known: readonly SourceFile[] | undefined;
  let last: LoadedMesh | undefined;
  const load = async (files: readonly SourceFile[]): Promise<LoadedMesh> => {
    const policies = loadPolicies(files, { nowMs: Date.now() });
    last = { ...policies, files, jwks: await readJwksFiles(policies.documents) };
    return last;
  };
  return {
    read: async () => {
      known = await readFolder(dir);
      return load(known);
    },
    watch: (onLoaded, onError) => {
      const onFiles = async (files: readonly SourceFile[]) => onLoaded(await load(files));
      const watch = watchFolder({ dir, onFiles, onError, ...(known === undefined ? {} : { known }) });
      const lookAtKeys = async () => {
        const before = last;
        if (before === undefined) return;
        const jwks = await readJwksFiles(before.documents);
        // A newer set has read its own.
        if (last !== before || isSameJwks(before.jwks ?? new Map(), jwks)) return;
        last = { ...before, jwks };
        onLoaded(last);
      };
      const poll = setInterval(() => void lookAtKeys().catch(onError), KEY_POLL_MS);
      return async () => {
        clearInterval(poll);
        await watch.close();
      };
    },
  };
}
