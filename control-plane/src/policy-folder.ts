import { type Finding, type LoadedPolicies, loadPolicies } from '@paymesh/common/policy';
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

/** `file:line:column severity code subject path: expected ...; got ...` */
export function formatLine({ at, severity, code, subject, path, expected, got }: Finding): string {
  const what = [subject, path].filter((part) => part !== undefined && part !== '').join(' ');
  return `${at.file}:${at.line}:${at.column} ${severity} ${code} ${what}: expected ${expected}; got ${got}`;
}
