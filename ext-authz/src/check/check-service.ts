import type { UnaryServerOptions } from '@paymesh/common/grpc';

import type { Decision } from '../decision/index.ts';
import type { Message } from '../message/index.ts';
import { type AnswerOptions, toAnswer } from './check-response.ts';
import { readCheckRequest } from './read-check-request.ts';
import { encodeAnswer } from './wire/index.ts';

export interface CheckServiceOptions {
  /** Decides on a message; a rejection denies. */
  readonly decide: (message: Message) => Decision | Promise<Decision>;
  /** Told of each decision once it is made. Bytes that are no check of an HTTP request have no message. */
  readonly onDecision: (decision: Decision, message: Message | undefined, startedMs: number) => void;
  readonly onError: (error: unknown) => void;
  /** Of the policies in force; told with each answer. Default: not told. */
  readonly revision?: () => string;
}

/** Answers the bytes of a CheckRequest with those of a CheckResponse. Never throws or rejects. */
export type Check = (bytes: Buffer) => Uint8Array | Promise<Uint8Array>;

const PATH = '/envoy.service.auth.v3.Authorization/Check';

/** From CheckRequest to CheckResponse: read, decide, tell, answer. It waits only where a decision does. */
export function createCheck({
  decide,
  onDecision,
  onError,
  revision = () => '',
}: CheckServiceOptions): Check {
  function conclude(decision: Decision, message: Message | undefined, startedMs: number): Uint8Array {
    onDecision(decision, message, startedMs);
    return answerOf(decision, message?.requestId ?? 'unknown', {
      isTrial: message?.isTrial ?? false,
      revision: revision(),
    });
  }

  function fail(error: unknown): Uint8Array {
    try {
      onError(error);
    } catch {
      // Who cannot even report an error denies all the same.
    }
    return answerOf(refuse('internal_error'), 'unknown', { isTrial: false, revision: '' });
  }

  return (bytes) => {
    const startedMs = performance.now();
    try {
      const read = readCheckRequest(bytes);
      if (read.kind !== 'message') return conclude(refuse('malformed_check'), undefined, startedMs);
      const { message } = read;
      const decided = decide(message);
      if (!(decided instanceof Promise)) return conclude(decided, message, startedMs);
      return decided.then((decision) => conclude(decision, message, startedMs)).catch(fail);
    } catch (error) {
      return fail(error);
    }
  };
}

/** The check as it is served. */
export function checkService(check: Check): UnaryServerOptions['services'] {
  return { [PATH]: check };
}

/**
 * An allow by signature alone says the same of each request of one key while the policies stay: its bytes are made once.
 * The bound is on policies times keys.
 */
const MAX_ALLOWS = 10_000;
const allows = new Map<string, Uint8Array>();
let revisionOfAllows = '';

function answerOf(decision: Decision, requestId: string, options: Required<AnswerOptions>): Uint8Array {
  const key = options.isTrial ? undefined : keyOfPlainAllow(decision);
  if (key === undefined) return encodeAnswer(toAnswer(decision, requestId, options));
  if (allows.size >= MAX_ALLOWS || revisionOfAllows !== options.revision) allows.clear();
  revisionOfAllows = options.revision;
  const known = allows.get(key);
  if (known !== undefined) return known;
  const made = encodeAnswer(toAnswer(decision, requestId, options));
  allows.set(key, made);
  return made;
}

/** Names all that the answer says; undefined where it says more than policy, scheme and key. */
function keyOfPlainAllow(decision: Decision): string | undefined {
  if (decision.kind !== 'allow') return undefined;
  const { policyId, scheme = '', proof, candidate, accessRule, accessTrial } = decision;
  if (candidate !== undefined || accessRule !== undefined || accessTrial !== undefined) return undefined;
  if (decision.costs !== undefined || decision.isUnproven === true) return undefined;
  if (proof.peer !== undefined || proof.subject !== undefined) return undefined;
  // The length keeps two texts with spaces in them apart.
  return `${policyId} ${scheme} ${proof.principal.length} ${proof.principal} ${proof.keyId}`;
}

function refuse(reason: 'malformed_check' | 'internal_error'): Decision {
  return { kind: 'deny', policyId: undefined, reason, keyId: undefined };
}
