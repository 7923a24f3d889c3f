import { loadPolicies, type PolicyDocument } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';

import { CommandError } from '../output/index.ts';
import { findingsError } from './findings.ts';

type PolicyFiles = Awaited<ReturnType<typeof readFolder>>;

/** Why a folder cannot be read, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is a file, and a folder is expected',
};

/** The policy files of a folder; throws a CommandError of one sentence when there are none to be had. */
export async function readPolicyFiles(dir: string): Promise<PolicyFiles> {
  const files = await readFolder(dir).catch((error: unknown) => {
    throw new CommandError(`cannot read the policies in ${dir}: ${reasonOf(error)}`, undefined, {
      cause: error,
    });
  });
  if (files.length === 0) throw new CommandError(`the folder ${dir} holds no .yaml or .yml file`);
  return files;
}

/** The documents of a folder; throws a CommandError with the findings when it has errors. */
export async function readPolicies(dir: string): Promise<readonly PolicyDocument[]> {
  const files = await readPolicyFiles(dir);
  const { documents, findings, hasErrors } = loadPolicies(files, { nowMs: Date.now() });
  if (hasErrors) throw findingsError(findings, files);
  return documents;
}

function reasonOf(error: unknown): string {
  const { code = '', path } = error as NodeJS.ErrnoException;
  // One file of them, perhaps.
  if (code === 'EACCES' && path !== undefined) return `you may not read ${path}`;
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
