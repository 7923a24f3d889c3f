import { type LoadedPolicies, loadPolicies } from '@paymesh/common/policy';
import { readFolder, type SourceFile, watchFolder } from '@paymesh/common/source';

/** Where sets of documents come from. */
export interface PolicyFolder {
  read(): Promise<LoadedPolicies>;
  /** Gives the complete set after each change from what was read; the result ends it. */
  watch(onLoaded: (loaded: LoadedPolicies) => void, onError: (error: Error) => void): () => Promise<void>;
}

/** A folder of YAML files on this machine. */
export function policyFolder(dir: string): PolicyFolder {
  let known: readonly SourceFile[] | undefined;
  const load = (files: readonly SourceFile[]) => loadPolicies(files, { nowMs: Date.now() });
  return {
    read: async () => {
      known = await readFolder(dir);
      return load(known);
    },
    watch: (onLoaded, onError) => {
      const onFiles = (files: readonly SourceFile[]) => onLoaded(load(files));
      const watch = watchFolder({ dir, onFiles, onError, ...(known === undefined ? {} : { known }) });
      return () => watch.close();
    },
  };
}
