import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';

import { type Decision, denialOf } from '../decision/index.ts';
import type { Message } from '../message/index.ts';

export interface AuditOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** One allow in so many is written; 0: none. Default 100. */
  readonly allowSample?: number;
  /** Most lines in a second; a flood of forgeries must not fill the disk. Default 1 000. */
  readonly maxLinesPerSecond?: number;
  /** Told of every line that the bound left out. */
  readonly onDropped: () => void;
}

/** Writes one line for a decision, or leaves it out. */
export type Audit = (decision: Decision, message: Message | undefined) => void;

const DEFAULT_ALLOW_SAMPLE = 100;
const DEFAULT_MAX_LINES_PER_SECOND = 1_000;
const MAX_TEXT = 256;
const MS_PER_SECOND = 1_000;

/**
 * The decision log: all denials, a sample of the allows. A line holds no header, no body and no query
 * (they may carry secrets and card data), and the id of a key only if that key is configured.
 */
export function createAudit(options: AuditOptions): Audit {
  const { log, clock, onDropped } = options;
  const { allowSample = DEFAULT_ALLOW_SAMPLE, maxLinesPerSecond = DEFAULT_MAX_LINES_PER_SECOND } = options;
  let allowed = 0;
  let second = 0;
  let lines = 0;

  function isSampled({ kind }: Decision): boolean {
    if (kind !== 'allow') return true;
    allowed += 1;
    return allowSample > 0 && allowed % allowSample === 0;
  }

  function isWithinBound(): boolean {
    const now = Math.floor(clock.now() / MS_PER_SECOND);
    if (now !== second) {
      second = now;
      lines = 0;
    }
    lines += 1;
    return lines <= maxLinesPerSecond;
  }

  return (decision, message) => {
    if (!isSampled(decision)) return;
    if (isWithinBound()) log.info(auditLine(decision, message), 'decision');
    else onDropped();
  };
}

function auditLine(decision: Decision, message: Message | undefined): Record<string, unknown> {
  return {
    decision: decision.kind,
    policy: decision.policyId,
    ...(decision.kind === 'allow'
      ? { principal: decision.proof.principal, key_id: decision.proof.keyId }
      : { reason: decision.reason, status: denialOf(decision.reason).status, key_id: decision.keyId }),
    access_rule: decision.accessRule,
    access_shadow: decision.accessTrial?.policyId,
    route: shorten(message?.routeId),
    request_id: message?.requestId,
    method: shorten(message?.method),
    path: shorten(message?.target.split('?', 1)[0]),
  };
}

function shorten(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT);
}
