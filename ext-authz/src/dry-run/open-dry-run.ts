import { systemClock } from '@paymesh/common/clock';
import { findingLine } from '@paymesh/common/policy';

import { type Decision, type Denial, denialOf } from '../decision/index.ts';
import { createSecretFiles } from '../keys/index.ts';
import type { Message } from '../message/index.ts';
import { createPipeline } from '../pipeline/index.ts';
import { policyFolder } from '../policy-folder.ts';
import { createEmbeddedStore } from '../replay/index.ts';
import { createRuleBook, type Rule, type RuleSet } from '../rules/index.ts';
import { signedText } from '../signature/index.ts';

export interface DryRunOptions {
  readonly configDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The policies of a folder, to be tried on messages without a service. Nonces are remembered for the run. */
export interface DryRun {
  readonly rules: RuleSet;
  judge(message: Message, nowMs: number): Promise<Judgement>;
}

/** What the service would have decided, and on what text. */
export interface Judgement {
  readonly decision: Decision;
  /** What a client would see of a denial. */
  readonly denial: Denial | undefined;
  readonly rule: Rule | undefined;
  /** The text that was to be signed; undefined where the message says too little to build it. */
  readonly base: Uint8Array | undefined;
}

/** Loads a folder as the service does; rejects with all findings when it cannot be used. */
export async function openDryRun({ configDir, env }: DryRunOptions): Promise<DryRun> {
  const book = createRuleBook({
    openSecrets: () => createSecretFiles(env),
    // A nonce of a dry run is nobody's: all of them are kept here.
    hasRedis: true,
    clock: systemClock,
  });
  const applied = await book.apply(await policyFolder(configDir).read());
  if (!applied.isApplied)
    throw new Error(`${configDir} cannot be used:\n${applied.findings.map(findingLine).join('\n')}`);
  const store = createEmbeddedStore();
  let broken: Error | undefined;
  const decide = createPipeline({
    claimNonce: ({ key, ttlMs }) => store.claim(key, ttlMs),
    onError: (error) => {
      broken = error instanceof Error ? error : new Error(String(error));
    },
  });
  return {
    rules: book.current(),
    judge: async (message, nowMs) => {
      const rules = book.current();
      const decision = await decide(message, rules, nowMs);
      if (broken !== undefined) throw broken;
      const rule = rules.get(decision.policyId ?? '');
      const denial = decision.kind === 'allow' ? undefined : denialOf(decision.reason);
      return { decision, denial, rule, base: rule && signedText(message, rule.verify.profile) };
    },
  };
}
