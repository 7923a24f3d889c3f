import { ticketOf } from '../algorithm/index.ts';
import { isCallDenied } from '../store/index.ts';
import type { Counted } from './count.ts';
import type { Check, LimitedCheck } from './plan.ts';

/**
 * What an admitted request took of the limits that want it back. A limit that spares denied requests took nothing
 * where it is over (in shadow), or where the request would be denied (while all is in shadow). Undefined for nothing.
 */
export function takenOf(
  checks: readonly Check[],
  counted: readonly Counted[],
  nowMs: number,
): Readonly<Record<string, string>> | undefined {
  if (!checks.some(isReturned)) return undefined;
  const limited = checks.filter((check) => check.kind === 'limited');
  const isDenied = isCallDenied(
    limited.map(({ take }) => take),
    (index) => isOver(counted[index]),
  );
  const taken = limited.flatMap((check, index) => takenBy(check, counted[index], { isDenied, nowMs }));
  return taken.length === 0 ? undefined : Object.fromEntries(taken);
}

function isReturned(check: Check): boolean {
  return check.kind === 'limited' && check.rule.takenKey !== undefined;
}

function takenBy(
  { rule: { takenKey }, take }: LimitedCheck,
  counted: Counted | undefined,
  { isDenied, nowMs }: { readonly isDenied: boolean; readonly nowMs: number },
): readonly (readonly [string, string])[] {
  if (takenKey === undefined || take.hits <= 0 || counted === undefined || counted.isUncounted === true)
    return [];
  const isSpared = take.isSpared && (isDenied || isOver(counted));
  if (isSpared) return [];
  const { hits, meter } = take;
  const isLocal = counted.isLocal === true;
  const number =
    meter.kind === 'concurrency' ? ticketOf(hits, { holdMs: meter.holdMs, nowMs, isLocal }) : hits;
  return [[takenKey, String(number)]];
}

function isOver(counted: Counted | undefined): boolean {
  return counted?.reading.isOver === true;
}
