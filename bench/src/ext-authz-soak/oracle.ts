import { hash } from 'node:crypto';

import { SKEW_MS, WINDOW_MS } from './policies.ts';
import type { Sender } from './senders.ts';
import { type Seen, type Shot, seen } from './shot.ts';

/** A message that was rightly signed, and what became of it. */
export interface Original {
  readonly sender: Sender;
  readonly shot: Shot;
  readonly bytes: Uint8Array;
  readonly signedMs: number;
  usedMs: number | undefined;
  usedStream: string | undefined;
}

/** Says of each check that was let through whether that was right. */
export interface Oracle {
  /** Notes a message that was signed. Beyond the bound the oldest are forgotten, and may not be let through any more. */
  sign(original: Pick<Original, 'sender' | 'shot' | 'bytes' | 'signedMs'>): Original;
  /** Undefined: right, and used up now. Else why it was wrong. */
  judgeAllow(bytes: Uint8Array, nowMs: number): string | undefined;
  /** Undefined: what it covers was signed and used. */
  judgeReplay(bytes: Uint8Array): string | undefined;
  /** False: whether it must be allowed is not said, as at the very ends of the window. */
  mustAllow(original: Original, nowMs: number): boolean;
}

/** The proxy may ask again about one request for so long (ext-authz/README.md). */
const RETRY_MS = 2_000;
/** Times are signed in whole seconds. */
const MARGIN_MS = 1_500;
/** A nonce is remembered for window and two skews (ext-authz/README.md). */
const REMEMBERED_MS = WINDOW_MS + 2 * SKEW_MS;

const NEVER_SIGNED = 'what it covers was never signed';
const NO_MESSAGE = 'its bytes are no message for the other reader';

/** An oracle over the latest so many signed messages. */
export function createOracle(senders: readonly Sender[], maxOriginals: number): Oracle {
  const byView = new Map<string, Original>();
  // Senders of one policy cover the same.
  const senderOf = new Map(senders.map((sender) => [`pay/${sender.policy}`, sender]));
  const find = (read: Seen) => {
    const sender = senderOf.get(read.policy);
    return sender === undefined ? undefined : byView.get(viewKey(sender, read));
  };
  return {
    sign: (signed) => {
      const original: Original = { ...signed, usedMs: undefined, usedStream: undefined };
      const key = viewKey(signed.sender, seen(signed.bytes));
      if (byView.has(key)) throw new Error(`two messages of ${signed.sender.name} cover the same`);
      byView.set(key, original);
      const [oldest] = byView.keys();
      if (byView.size > maxOriginals && oldest !== undefined) byView.delete(oldest);
      return original;
    },
    judgeAllow: (bytes, nowMs) => {
      const read = trySeen(bytes);
      if (read === undefined) return NO_MESSAGE;
      const original = find(read);
      if (original === undefined) return NEVER_SIGNED;
      const problem = problemOf(original, read, nowMs);
      if (problem !== undefined) return problem;
      if (!isSameRequest(original, read, nowMs)) original.usedMs = nowMs;
      original.usedStream = read.stream;
      return undefined;
    },
    judgeReplay: (bytes) => {
      const read = trySeen(bytes);
      if (read === undefined) return NO_MESSAGE;
      const original = find(read);
      if (original === undefined) return NEVER_SIGNED;
      return original.usedMs === undefined ? 'it was not used' : undefined;
    },
    mustAllow: ({ sender, signedMs, usedMs }, nowMs) => {
      if (usedMs !== undefined) return false;
      const ageMs = nowMs - signedMs;
      return !sender.isTimed || (ageMs < WINDOW_MS - MARGIN_MS && ageMs > MARGIN_MS - SKEW_MS);
    },
  };
}

function trySeen(bytes: Uint8Array): Seen | undefined {
  try {
    return seen(bytes);
  } catch {
    // The service found a message in bytes that protobuf refuses, or a body that its view cannot read: a finding.
    return undefined;
  }
}

function problemOf(original: Original, read: Seen, nowMs: number): string | undefined {
  const { sender, signedMs, usedMs } = original;
  const ageMs = nowMs - signedMs;
  const isInWindow = ageMs < WINDOW_MS + MARGIN_MS && ageMs > -SKEW_MS - MARGIN_MS;
  if (sender.isTimed && !isInWindow) return `it was signed ${ageMs} ms ago`;
  if (usedMs === undefined || isSameRequest(original, read, nowMs)) return undefined;
  const isForgotten = !sender.isTimed && nowMs - usedMs > REMEMBERED_MS;
  return isForgotten ? undefined : `it was used ${nowMs - usedMs} ms ago`;
}

function isSameRequest({ usedMs, usedStream }: Original, { stream }: Seen, nowMs: number): boolean {
  return usedMs !== undefined && usedStream === stream && nowMs - usedMs <= RETRY_MS;
}

function viewKey(sender: Sender, read: Seen): string {
  return `${sender.policy} ${hash('sha256', JSON.stringify(sender.view(read)), 'base64')}`;
}
