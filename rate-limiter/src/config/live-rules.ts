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
}

/** What rules are made of. */
export interface RuleFiles {
  /** Policies, files of envoyproxy/ratelimit, or both. */
  readonly folder: readonly ConfigFile[];
  /** What a control plane serves. Absent: nothing was served. */
  readonly served?: readonly ConfigFile[] | undefined;
}

/** The rules that hold now, and what became of the last try to replace them. */
export interface LiveRules {
  /** Undefined before the first good set. */
  readonly current: () => RuleSet | undefined;
  /** Of the last set that was tried, good or bad. */
  readonly findings: () => readonly Finding[];
  /** Why the folder cannot be read, while it cannot: what holds may be older than it. */
  readonly failure: () => string | undefined;
  /** Those of the last good set. */
  readonly files: () => readonly ConfigFile[];
  /** Takes a set over if it is good; else the last good set stays, and findings are logged. True when it was taken. */
  readonly apply: (files: RuleFiles) => boolean;
  /** Takes over a set that was good before, where there is none; findings stay those of the last try. True when it is. */
  readonly restore: (files: RuleFiles) => boolean;
  /** The folder cannot be read, or can again. */
  readonly setFailure: (error: Error | undefined) => void;
}

/** Holds the last good set. A set without files never replaces one: a folder is empty when its mount is. */
export function createLiveRules(options: LiveRulesOptions): LiveRules {
  const { log, onLoad } = options;
  let current: RuleSet | undefined;
  let findings: readonly Finding[] = [];
  let good: readonly ConfigFile[] = [];
  let failure: string | undefined;
  return {
    files: () => good,
    current: () => current,
    findings: () => findings,
    failure: () => failure,
    setFailure: (error) => {
      failure = error?.message;
      if (error === undefined) return;
      log.error({ err: error, keepsLast: current !== undefined }, 'the folder of rules cannot be read');
      onLoad(false);
    },
    apply: ({ folder, served }) => {
      const loaded = loadRules(folder, { ...options, served });
      findings = loaded.findings;
      for (const finding of findings) logFinding(log, finding);
      if (loaded.kind === 'loaded') {
        current = loaded.rules;
        good = [...folder, ...(served ?? [])];
        const domains = current.specs.map(({ domain }) => domain);
        log.info({ domains, files: good.length }, 'rules loaded');
      } else {
        const text = loaded.kind === 'empty' ? 'no rule files in the folder' : 'rules refused';
        const errors = findings.filter(({ severity }) => severity === 'error').length;
        log.warn({ keepsLast: current !== undefined, errors }, text);
      }
      onLoad(loaded.kind === 'loaded');
      return loaded.kind === 'loaded';
    },
    restore: ({ folder, served }) => {
      const loaded = loadRules(folder, { ...options, served });
      if (loaded.kind !== 'loaded') return false;
      if (current === undefined) good = [...folder, ...(served ?? [])];
      current ??= loaded.rules;
      return true;
    },
  };
}

function logFinding(log: Logger, finding: Finding): void {
  const text = findingLine(finding);
  if (finding.severity === 'error') log.error({ finding }, text);
  else log.warn({ finding }, text);
}
