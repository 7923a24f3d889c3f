import type { Logger } from '@paymesh/common/log';
import type { Finding } from '@paymesh/common/policy';

import type { RuleSet } from '../match/index.ts';
import type { DomainsOptions } from './domains.ts';
import { findingLine } from './format-finding.ts';
import { loadRules } from './load-rules.ts';
import type { ConfigFile } from './yaml-reader.ts';

export interface LiveRulesOptions extends DomainsOptions {
  readonly log: Logger;
  /** Told of each try to take a set over. */
  readonly onLoad: (isLoaded: boolean) => void;
  /** Gets each good set, to keep it. Default: nobody does. */
  readonly onGood?: (files: readonly ConfigFile[]) => void;
}

/** The rules that hold now, and what became of the last try to replace them. */
export interface LiveRules {
  /** Undefined before the first good set. */
  readonly current: () => RuleSet | undefined;
  /** Of the last set that was tried, good or bad. */
  readonly findings: () => readonly Finding[];
  /** Those of the last good set. */
  readonly files: () => readonly ConfigFile[];
  /** Takes a set over if it is good; else the last good set stays, and findings are logged. */
  readonly apply: (files: readonly ConfigFile[]) => void;
  /** Takes over a set that was good before, where there is none; findings stay those of the last try. True when it is. */
  readonly restore: (files: readonly ConfigFile[]) => boolean;
}

/** Holds the last good set. A set without files never replaces one: a folder is empty when its mount is. */
export function createLiveRules(options: LiveRulesOptions): LiveRules {
  const { log, onLoad } = options;
  let current: RuleSet | undefined;
  let findings: readonly Finding[] = [];
  let good: readonly ConfigFile[] = [];
  return {
    files: () => good,
    current: () => current,
    findings: () => findings,
    apply: (files) => {
      const loaded = loadRules(files, options);
      findings = loaded.findings;
      for (const finding of findings) logFinding(log, finding);
      if (loaded.kind === 'loaded') {
        current = loaded.rules;
        good = files;
        const domains = current.specs.map(({ domain }) => domain);
        log.info({ domains, files: files.length }, 'rules loaded');
        options.onGood?.(files);
      } else {
        const text = loaded.kind === 'empty' ? 'no rule files in the folder' : 'rules refused';
        const errors = findings.filter(({ severity }) => severity === 'error').length;
        log.warn({ keepsLast: current !== undefined, errors }, text);
      }
      onLoad(loaded.kind === 'loaded');
    },
    restore: (files) => {
      const loaded = loadRules(files, options);
      if (loaded.kind === 'loaded') current ??= loaded.rules;
      return loaded.kind === 'loaded';
    },
  };
}

function logFinding(log: Logger, finding: Finding): void {
  const text = findingLine(finding);
  if (finding.severity === 'error') log.error({ finding }, text);
  else log.warn({ finding }, text);
}
