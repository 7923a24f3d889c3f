import type { Decision } from '../decision/index.ts';
import { messageOf } from '../message/index.ts';
import { createPipeline } from '../pipeline/index.ts';
import { signedText } from '../signature/index.ts';
import { createLineNonces } from './line-nonces.ts';
import { idOf, LineError, readLine } from './read-line.ts';
import { ruleOfLine } from './rule-of-line.ts';

/** What is answered to one line. */
export interface LineAnswer {
  readonly id: string | number | null;
  readonly ok: boolean;
  /** `ok`, the exact reason of a denial, or `malformed_line`. */
  readonly code: string;
  readonly keyid?: string;
  /** The text that a signature must be made over, where the message says enough to build it. */
  readonly base?: string;
  /** What is wrong with the line itself. */
  readonly error?: string;
}

/** Answers one JSON line. Never rejects. Lines of one store are to be asked one after another. */
export type LineCheck = (line: string) => Promise<LineAnswer>;

/** Longest line, in characters: a body of 16 MiB in base64, and headers. */
const MAX_LINE = 24 * 1_024 * 1_024;

/** Judges messages given as JSON by the very pipeline that serves Check, each by the rule that it brings along. */
export function createLineCheck(): LineCheck {
  const nonces = createLineNonces();

  async function answer(json: Readonly<Record<string, unknown>>): Promise<LineAnswer> {
    const request = readLine(json);
    const rule = ruleOfLine(request);
    const { body, ...written } = request.message;
    const message = messageOf({
      policy: rule.policyId,
      ...written,
      body: request.isPartial ? undefined : body,
    });
    const decide = createPipeline({
      claimNonce: ({ key, ttlMs }) => nonces.claim(request.store, key, request.nowMs, ttlMs),
      // Told as internal_error in the answer.
      onError: () => undefined,
    });
    const decision = await decide(message, new Map([[rule.policyId, rule]]), request.nowMs);
    const base = signedText(message, rule.verify.profile);
    return {
      id: request.id,
      ...told(decision),
      ...(base !== undefined && { base: Buffer.from(base).toString('utf8') }),
    };
  }

  return async (line) => {
    let id: LineAnswer['id'] = null;
    try {
      if (line.length > MAX_LINE) throw new LineError(`expected at most ${MAX_LINE} characters`);
      const json = parse(line);
      id = idOf(json['id']);
      return await answer(json);
    } catch (error) {
      if (error instanceof LineError) return { id, ok: false, code: 'malformed_line', error: error.message };
      return { id, ok: false, code: 'internal_error' };
    }
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    // The words of JSON.parse repeat what stands there, which may be a secret.
    throw new LineError('expected a JSON object');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new LineError('expected a JSON object');
  return json as Readonly<Record<string, unknown>>;
}

function told(decision: Decision): Pick<LineAnswer, 'ok' | 'code' | 'keyid'> {
  if (decision.kind === 'allow') return { ok: true, code: 'ok', keyid: decision.proof.keyId };
  const { reason, keyId } = decision;
  return { ok: false, code: reason, ...(keyId !== undefined && { keyid: keyId }) };
}
