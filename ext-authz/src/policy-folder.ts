import { type Finding, type Kind, loadPolicies } from '@paymesh/common/policy';
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
  const loaded = loadPolicies(files, { nowMs: Date.now() });
  return loaded.documents.some(({ kind }) => MESH_KINDS.includes(kind)) ? loaded : withoutMesh(loaded);
}

const MESH_KINDS: readonly Kind[] = ['Service', 'Workload', 'MeshDefaults'];
const ABOUT_THE_MESH = ['PM3001', 'PM3005', 'PM3008'];
const PATHS_INTO_THE_MESH = /^(?:|spec\.service|spec\.parent|spec\.targetRefs\b.*)$/;

/**
 * Key sets, policies and routes alone are no mesh and no control plane serves them, but this service
 * can: the proxies say which policy applies, not targetRefs. What is missing around them is a warning.
 */
function withoutMesh({ documents, findings }: LoadedPolicies): LoadedPolicies {
  const milder = findings.map((finding) => (isAboutTheMesh(finding) ? asWarning(finding) : finding));
  return { documents, findings: milder, hasErrors: milder.some(({ severity }) => severity === 'error') };
}

function isAboutTheMesh({ code, path }: Finding): boolean {
  return ABOUT_THE_MESH.includes(code) && PATHS_INTO_THE_MESH.test(path);
}

function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}
