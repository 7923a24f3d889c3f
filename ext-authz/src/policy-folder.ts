import { type Finding, loadPolicies } from '@paymesh/common/policy';
import { type FolderWatch, readFolder, type SourceFile, watchFolder } from '@paymesh/common/source';

import type { LoadedPolicies } from './rules/index.ts';

/** Where sets of documents come from. */
export interface PolicyFolder {
  read(): Promise<LoadedPolicies>;
  /** Gives the complete set after each change since `read`; waits for each to be taken. */
  watch(onLoaded: (loaded: LoadedPolicies) => Promise<void>, onError: (error: unknown) => void): FolderWatch;
}

/** A folder of YAML files on this machine. */
export function policyFolder(dir: string): PolicyFolder {
  let known: readonly SourceFile[] = [];
  return {
    read: async () => {
      known = await readFolder(dir);
      return load(known);
    },
    watch: (onLoaded, onError) =>
      watchFolder({ dir, known, onFiles: (files) => onLoaded(load(files)), onError }),
  };
}

function load(files: readonly SourceFile[]): LoadedPolicies {
  return loadPolicies(files, { nowMs: Date.now() });
}

/** One line a finding: `file:line:column severity code: expected ...; got ...`. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ at, severity, code, subject, path, expected, got }) => {
      const where = `${at.file}:${at.line}:${at.column}`;
      const what = [subject, path].filter((part) => part !== undefined && part !== '').join(' ');
      return `${where} ${severity} ${code} ${what}: expected ${expected}; got ${got}`;
    })
    .join('\n');
}
