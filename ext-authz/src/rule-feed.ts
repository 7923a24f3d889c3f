import type { Logger } from '@paymesh/common/log';
import { type Finding, findingLine } from '@paymesh/common/policy';
import type { FolderWatch } from '@paymesh/common/source';

import { keyStates, type ListedKey } from './keys/index.ts';
import type { AuthzMetrics } from './metrics.ts';
import type { PolicyFolder } from './policy-folder.ts';
import type { Applied, RuleBook } from './rules/index.ts';

export interface RuleFeedOptions {
  readonly book: RuleBook;
  readonly folder: PolicyFolder;
  readonly log: Logger;
  readonly metrics: AuthzMetrics;
  readonly redisUrl: string | undefined;
  /** Key files are polled: they may lie outside the folder, as mounted secrets do. */
  readonly keyPollMs: number;
}

/** What is in force, for the admin port. */
export interface FeedStatus {
  readonly revision: string;
  readonly inForce: readonly string[];
  readonly keys: readonly (ListedKey & { readonly set: string })[];
  readonly findings: readonly Finding[];
  /** Why the folder cannot be read, while it cannot. */
  readonly failure?: string;
}

/** Keeps the book up to date with the folder and the key files, and tells what came of it. */
export interface RuleFeed {
  start(): void;
  report(applied: Applied): void;
  /** For the admin port. */
  status(): FeedStatus;
  close(): Promise<void>;
}

/** A feed that does nothing until it is started. */
export function createRuleFeed({
  book,
  folder,
  log,
  metrics,
  redisUrl,
  keyPollMs,
}: RuleFeedOptions): RuleFeed {
  let findings: readonly Finding[] = [];
  let watch: FolderWatch | undefined;
  let poll: NodeJS.Timeout | undefined;
  let failure: string | undefined;
  const onError = (error: unknown) => log.error({ err: error }, 'the policies cannot be read: the last stay');

  function unreadable(error: unknown): void {
    failure = error instanceof Error ? error.message : String(error);
    metrics.configured(false, book.current().size);
    onError(error);
  }

  function report(applied: Applied): void {
    ({ findings } = applied);
    failure = undefined;
    const policies = [...book.current().values()];
    const access = [...book.access().keys()];
    metrics.configured(applied.isApplied, policies.length);
    for (const finding of findings) log.warn({ finding: findingLine(finding) }, 'finding');
    if (!applied.isApplied) {
      log.error('policies refused: the last good ones stay in force');
      return;
    }
    log.info(
      { revision: book.revision(), policies: policies.map(({ policyId }) => policyId), access },
      'policies in force',
    );
    if (policies.length + access.length === 0)
      log.warn('there is no SigningPolicy and no AccessPolicy: every check will be denied');
    if (redisUrl !== undefined && policies.some(({ nonceStore }) => nonceStore === 'embedded')) {
      log.info(
        'nonces of policies that say nonceStore: embedded are kept in Redis too, as --redis was given',
      );
    }
  }

  const refresh = async () => {
    const applied = await book.refresh();
    if (applied !== undefined) report(applied);
  };

  return {
    report,
    status: () => ({
      revision: book.revision(),
      inForce: [...book.current().keys(), ...book.access().keys()],
      keys: [...book.keySets()].flatMap(([set, ring]) =>
        keyStates(ring, Date.now()).map((key) => ({ set, ...key })),
      ),
      findings,
      ...(failure !== undefined && { failure }),
    }),
    start: () => {
      watch = folder.watch(async (loaded) => report(await book.apply(loaded)), unreadable);
      poll = setInterval(() => void refresh().catch(onError), keyPollMs);
    },
    close: async () => {
      clearInterval(poll);
      await watch?.close();
    },
  };
}
