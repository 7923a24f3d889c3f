import { maskPath, maskText } from '@paymesh/common/mask';

import type { AuditEntry } from './audit-entry.ts';
import { decisionId } from './decision-id.ts';
import { MAX_RECORD_BYTES, recordOf } from './record.ts';

/** Longest text of a field, in characters; of a record that is too long all the same, the second. */
const MAX_TEXT = 256;
const MAX_SHORT_TEXT = 24;
/** A text is masked before it is cut, so that no cut hides a card number from the mask; this much is looked at. */
const MAX_MASKED_TEXT = 2_048;
const MAX_STAGES = 16;

/** The JSON object of one decision: masked, without query, headers or body, and no longer than a line may be. */
export function decisionRecord(entry: AuditEntry, nowMs: number): string {
  const record = recordOf('decision', nowMs, decisionFields(entry, nowMs, MAX_TEXT));
  if (Buffer.byteLength(record) <= MAX_RECORD_BYTES) return record;
  const { timingsUs: _, ...rest } = entry;
  return recordOf('decision', nowMs, { ...decisionFields(rest, nowMs, MAX_SHORT_TEXT), shortened: true });
}

function decisionFields(entry: AuditEntry, nowMs: number, maxText: number): Record<string, unknown> {
  const config = (text: string | undefined) => text?.slice(0, maxText);
  const text = (value: string | undefined) => masked(value, maskText)?.slice(0, maxText);
  return {
    id: config(entry.id) ?? decisionId(nowMs),
    decision: entry.decision,
    policy: config(entry.policy),
    scheme: config(entry.scheme),
    reason: config(entry.reason),
    status: entry.status,
    principal: text(entry.principal),
    key_id: config(entry.keyId),
    revision: config(entry.revision),
    route: config(entry.route),
    target: config(entry.target),
    request_id: text(entry.requestId),
    method: text(entry.method),
    path: masked(entry.path?.split('?', 1)[0], maskPath)?.slice(0, maxText),
    source: text(entry.source),
    access_rule: config(entry.accessRule),
    shadow: entry.shadow && { scheme: config(entry.shadow.scheme), reason: config(entry.shadow.reason) },
    timings_us: entry.timingsUs && wholeTimings(entry.timingsUs),
  };
}

/** Of a longer text the part that may end within a card number or a token is left out. */
function masked(text: string | undefined, mask: (text: string) => string): string | undefined {
  if (text === undefined || text.length <= MAX_MASKED_TEXT) return text && mask(text);
  const start = text.slice(0, MAX_MASKED_TEXT);
  return `${mask(start.slice(0, start.lastIndexOf('/') + 1))}…`;
}

function wholeTimings(timings: Readonly<Record<string, number>>): Record<string, number> {
  const stages = Object.entries(timings).slice(0, MAX_STAGES);
  return Object.fromEntries(stages.map(([stage, us]) => [stage.slice(0, MAX_SHORT_TEXT), Math.round(us)]));
}
