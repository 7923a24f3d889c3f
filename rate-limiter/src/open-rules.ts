import type { Logger } from '@paymesh/common/log';
import { readFolder, watchFolder } from '@paymesh/common/source';

import { createLiveRules, findingLine, type LiveRules } from './config/index.ts';
import { RateLimiterError } from './error.ts';
import { createLastGood } from './last-good.ts';
import { createRuleInput, type RuleInput } from './rule-input.ts';
import type { ControlPlane, followControlPlane } from './served/index.ts';

/** Where the rules of a limiter come from: a folder, a control plane, or both together. */
export interface RulesOptions {
  /** Folder of policies, of envoyproxy/ratelimit YAML files, or of both; beside a control plane without policies. */
  readonly configDir?: string | undefined;
  /** Has the policies. Default: none is asked. */
  readonly controlPlane?: ControlPlane | undefined;
  readonly log: Logger;
  /** Files of one domain are put together instead of refused. Default false. */
  readonly mergesDomains?: boolean;
  /** A denied request takes nothing of rules of ratelimit files that do not say otherwise. Default false. */
  readonly sparesDenied?: boolean;
  /**
   * Where the last good set is kept, for a start at which the folder is empty or has errors, or the control plane is
   * away. Default: nowhere.
   */
  readonly lastGoodFile?: string;
}

export interface OpenRulesOptions extends RulesOptions {
  /** Told of each try to take a set over. */
  readonly onLoad: (isLoaded: boolean) => void;
  /** Told of the connection to the control plane. */
  readonly onConnected: (isConnected: boolean) => void;
}

export interface OpenedRules {
  readonly rules: LiveRules;
  /** Takes over what comes from now on, and tells after each try; gives what ends that. */
  readonly follow: (onRules: () => void) => () => Promise<void>;
}

/**
 * Reads the folder for the first time. Rejects where it cannot be read or has errors, unless a last good set can
 * stand in. A control plane is not waited for.
 */
export async function openRules(options: OpenRulesOptions): Promise<OpenedRules> {
  const { log, onLoad, mergesDomains, sparesDenied, configDir, controlPlane, lastGoodFile } = options;
  const rules = createLiveRules({
    log,
    onLoad,
    ...(mergesDomains !== undefined && { mergesDomains }),
    ...(sparesDenied !== undefined && { isSpared: sparesDenied }),
  });
  const input = createRuleInput({
    rules,
    log,
    hasFolder: configDir !== undefined,
    hasControlPlane: controlPlane !== undefined,
    lastGood: lastGoodFile === undefined ? undefined : createLastGood(lastGoodFile),
  });
  if (configDir === undefined) input.start();
  else await startWithFolder(input, rules, configDir);
  // The messages of discovery and grpc-js are loaded where there is somebody to ask.
  const served = controlPlane === undefined ? undefined : await import('./served/index.ts');
  const connect = served?.followControlPlane;
  return { rules, follow: (onRules) => follow({ ...options, input, rules, onRules, connect }) };
}

async function startWithFolder(input: RuleInput, rules: LiveRules, configDir: string): Promise<void> {
  const read = await readFolder(configDir).catch((error: unknown) => ({ error }));
  if (input.start('error' in read ? undefined : read)) return;
  if ('error' in read) {
    const { error: cause } = read;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RateLimiterError('config_unreadable', `cannot read the rules of ${configDir}: ${reason}`, {
      cause,
    });
  }
  const errors = rules.findings().filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const lines = errors.map(findingLine).join('\n');
  throw new RateLimiterError('config_invalid', `${configDir} has ${errors.length} error(s):\n${lines}`);
}

interface FollowOptions extends OpenRulesOptions {
  readonly input: RuleInput;
  readonly rules: LiveRules;
  readonly onRules: () => void;
  readonly connect: typeof followControlPlane | undefined;
}

function follow({
  input,
  rules,
  onRules,
  configDir,
  controlPlane,
  log,
  onConnected,
  connect,
}: FollowOptions) {
  const served =
    controlPlane === undefined
      ? undefined
      : connect?.({
          ...controlPlane,
          log,
          onConnected,
          version: () => input.servedVersion(),
          onSet: (set) => {
            const refusal = input.setServed(set);
            onRules();
            return refusal;
          },
        });
  const folder =
    configDir === undefined
      ? undefined
      : watchFolder({
          dir: configDir,
          known: input.folder(),
          onFiles: (files) => {
            rules.setFailure(undefined);
            if (input.setFolder(files) === 'mended') served?.tellAgain();
            onRules();
          },
          onError: (error) => rules.setFailure(error),
        });
  return async (): Promise<void> => {
    served?.close();
    await folder?.close();
  };
}
