import { loadRules, type RuleSet } from '@paymesh/rate-limiter';

import { CommandError } from '../output/index.ts';
import { findingsError, readPolicyFiles } from '../policies/index.ts';

/** The rules of a folder; throws a CommandError with the findings where they have errors. */
export async function openRules(dir: string, mergesDomains: boolean): Promise<RuleSet> {
  const files = await readPolicyFiles(dir);
  const loaded = loadRules(files, { mergesDomains });
  if (loaded.kind === 'loaded') return loaded.rules;
  if (loaded.kind === 'refused') throw findingsError(loaded.findings, files);
  throw new CommandError(`the folder ${dir} holds no rules`);
}
