import type { Logger } from '@paymesh/common/log';
import { readFolder, type SourceFile } from '@paymesh/common/source';

import { createLiveRules, findingLine, type LiveRules } from './config/index.ts';
import { RateLimiterError } from './error.ts';
import { createLastGood, type LastGood } from './last-good.ts';

/** Where the rules of a limiter come from. */
export interface RulesOptions {
  /** Folder of policies, of envoyproxy/ratelimit YAML files, or of both. */
  readonly configDir: string;
  readonly log: Logger;
  /** Files of one domain are put together instead of refused. Default false. */
  readonly mergesDomains?: boolean;
  /** A denied request takes nothing of rules of ratelimit files that do not say otherwise. Default false. */
  readonly sparesDenied?: boolean;
  /** Where the last good set is kept, for a start at which the folder is empty or has errors. Default: nowhere. */
  readonly lastGoodFile?: string;
}

export interface OpenRulesOptions extends RulesOptions {
  /** Told of each try to take a set over. */
  readonly onLoad: (isLoaded: boolean) => void;
}

/**
 * Reads the folder for the first time. Rejects where it cannot be read or has errors, unless a last good set can
 * stand in. `files` is what the folder held.
 */
export async function openRules(
  options: OpenRulesOptions,
): Promise<{ readonly rules: LiveRules; readonly files: readonly SourceFile[] }> {
  const { configDir, log, onLoad, mergesDomains, sparesDenied, lastGoodFile } = options;
  const lastGood = lastGoodFile === undefined ? undefined : createLastGood(lastGoodFile);
  const rules = createLiveRules({
    log,
    onLoad,
    ...(mergesDomains !== undefined && { mergesDomains }),
    ...(sparesDenied !== undefined && { isSpared: sparesDenied }),
    onGood: (good) => save(lastGood, good, log),
  });
  return { rules, files: await loadFirst({ rules, configDir, lastGood, log }) };
}

interface FirstLoad {
  readonly rules: LiveRules;
  readonly configDir: string;
  readonly lastGood: LastGood | undefined;
  readonly log: Logger;
}

async function loadFirst({ rules, configDir, lastGood, log }: FirstLoad): Promise<readonly SourceFile[]> {
  const read = await readFolder(configDir).catch((error: unknown) => ({ error }));
  const files = 'error' in read ? [] : read;
  if (!('error' in read)) rules.apply(files);
  if (rules.current() !== undefined || restore(rules, lastGood, log)) return files;
  if ('error' in read) {
    const { error: cause } = read;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RateLimiterError('config_unreadable', `cannot read the rules of ${configDir}: ${reason}`, {
      cause,
    });
  }
  const errors = rules.findings().filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return files;
  const lines = errors.map(findingLine).join('\n');
  throw new RateLimiterError('config_invalid', `${configDir} has ${errors.length} error(s):\n${lines}`);
}

/** True when there was a last good set and it holds now. */
function restore(rules: LiveRules, lastGood: LastGood | undefined, log: Logger): boolean {
  const saved = lastGood?.load() ?? { kind: 'none' };
  if (saved.kind === 'none') return false;
  if (saved.kind === 'files' && rules.restore(saved.files)) {
    log.error('the folder of rules cannot be used: STARTED WITH THE LAST GOOD RULES, which may be old');
    return true;
  }
  const why = saved.kind === 'unusable' ? saved.why : 'its rules are refused by this version';
  log.error({ why }, 'the last good rules on disk cannot be used');
  return false;
}

/** Rules that cannot be kept hold all the same. */
function save(lastGood: LastGood | undefined, files: readonly SourceFile[], log: Logger): void {
  try {
    lastGood?.save(files);
  } catch (error) {
    log.error({ err: error }, 'the good rules cannot be kept on disk: the next start may have none');
  }
}
