import type { Logger } from '@paymesh/common/log';
import type { SourceFile } from '@paymesh/common/source';

import { findingLine, type LiveRules, type RuleFiles } from './config/index.ts';
import type { LastGood, RuleSources } from './last-good.ts';
import type { ServedSet } from './served/index.ts';

export interface RuleInputOptions {
  readonly rules: LiveRules;
  readonly log: Logger;
  readonly hasFolder: boolean;
  readonly hasControlPlane: boolean;
  readonly lastGood: LastGood | undefined;
}

/** The newest of each source. They are tried together: a set is taken over as a whole or not at all. */
export interface RuleInput {
  /** The first try, with what the folder holds; undefined where there is none to read. True when rules hold then. */
  start(folder?: readonly SourceFile[]): boolean;
  /** `mended`: with this, policies hold that the control plane was told are refused. */
  setFolder(files: readonly SourceFile[]): 'mended' | 'done';
  /** Undefined when the set holds now, else why it does not. */
  setServed(set: ServedSet): string | undefined;
  /** Version of the served policies that hold now; '' while there are none. */
  servedVersion(): string;
  folder(): readonly SourceFile[];
}

/** Nothing holds yet. */
export function createRuleInput({
  rules,
  log,
  hasFolder,
  hasControlPlane,
  lastGood,
}: RuleInputOptions): RuleInput {
  let newest: RuleSources = { folder: [] };
  let versionInForce = '';

  function tryNewest(): boolean {
    // A folder that is empty is one whose mount is gone: alone or beside policies it takes nothing out of force.
    const isFolderGone = hasFolder && newest.folder.length === 0;
    const isTaken = rules.apply(isFolderGone ? { folder: [] } : filesOf(newest));
    if (!isTaken) return false;
    versionInForce = newest.served?.version ?? '';
    save(newest);
    return true;
  }

  /** Rules that cannot be kept hold all the same. */
  function save(sources: RuleSources): void {
    try {
      lastGood?.save(sources);
    } catch (error) {
      log.error({ err: error }, 'the good rules cannot be kept on disk: the next start may have none');
    }
  }

  function restore(saved: RuleSources | undefined): boolean {
    if (saved === undefined) return false;
    if (!rules.restore(filesOf(saved))) {
      log.error({ why: 'its rules are refused by this version' }, UNUSABLE);
      return false;
    }
    versionInForce = saved.served?.version ?? '';
    log.error('the folder of rules cannot be used: STARTED WITH THE LAST GOOD RULES, which may be old');
    return true;
  }

  return {
    start: (folder) => {
      if (!hasControlPlane) {
        newest = { folder: folder ?? [] };
        return (folder !== undefined && tryNewest()) || restore(loadSaved(lastGood, log));
      }
      const saved = loadSaved(lastGood, log);
      newest = { folder: folder ?? [], served: saved?.served };
      if (hasFolder && folder === undefined) return restore(saved);
      if (newest.served === undefined) {
        log.info('waiting for the policies of the control plane');
        return true;
      }
      if (!tryNewest()) return restore(saved);
      log.warn('STARTED WITH THE LAST GOOD POLICIES, which may be old, until the control plane is there');
      return true;
    },
    setFolder: (files) => {
      newest = { ...newest, folder: files };
      const before = versionInForce;
      if (hasControlPlane && newest.served === undefined) return 'done';
      return tryNewest() && hasControlPlane && versionInForce !== before ? 'mended' : 'done';
    },
    setServed: (served) => {
      newest = { ...newest, served };
      if (tryNewest()) return undefined;
      const lines = rules
        .findings()
        .filter(({ severity }) => severity === 'error')
        .map(findingLine);
      return lines.length === 0 ? 'the folder of ratelimit files is empty' : lines.join('\n');
    },
    servedVersion: () => versionInForce,
    folder: () => newest.folder,
  };
}

const UNUSABLE = 'the last good rules on disk cannot be used';

function loadSaved(lastGood: LastGood | undefined, log: Logger): RuleSources | undefined {
  const saved = lastGood?.load() ?? { kind: 'none' };
  if (saved.kind === 'unusable') log.error({ why: saved.why }, UNUSABLE);
  return saved.kind === 'saved' ? saved.sources : undefined;
}

function filesOf({ folder, served }: RuleSources): RuleFiles {
  return { folder, served: served?.files };
}
