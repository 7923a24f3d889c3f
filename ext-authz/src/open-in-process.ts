import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { findingLine } from '@paymesh/common/policy';

import { openAudit } from './audit/index.ts';
import type { Check } from './check/index.ts';
import { createSecretFiles } from './keys/index.ts';
import { policyFolder } from './policy-folder.ts';
import { createRuleBook } from './rules/index.ts';
import { createAuthzService } from './service.ts';

export interface InProcessOptions {
  /** Folder of policy files, read once. */
  readonly configDir: string;
  /** Also that by which nonces are forgotten. */
  readonly clock: Clock;
  readonly log: Logger;
  /** Decisions are appended to it. */
  readonly auditFile: string;
}

/** The service without sockets and without watching its folder. */
export interface InProcess {
  readonly check: Check;
  close(): Promise<void>;
}

/** Opens all that stands between a CheckRequest and its answer, for measuring; rejects on a folder with errors. */
export async function openInProcess(options: InProcessOptions): Promise<InProcess> {
  const { configDir, clock, log, auditFile } = options;
  const book = createRuleBook({ openSecrets: () => createSecretFiles({}), hasRedis: false, clock });
  const applied = await book.apply(await policyFolder(configDir).read());
  if (!applied.isApplied)
    throw new Error(`${configDir} cannot be used:\n${applied.findings.map(findingLine).join('\n')}`);
  const audit = await openAudit({ file: auditFile }, () => undefined);
  const registry = createRegistry('ext-authz');
  const service = createAuthzService({ book, log, registry, audit, clock, storeClock: clock });
  return { check: service.check, close: () => service.close() };
}
