import type { Take } from './types.ts';

/**
 * Whether a call is denied by what is over: any enforced limit, or all of its quota rules together. `isOver` tells by place in the
 * call.
 */
export function isCallDenied(
  takes: readonly Pick<Take, 'isEnforced' | 'isQuota'>[],
  isOver: (index: number) => boolean,
): boolean {
  let quotas = 0;
  let overQuotas = 0;
  for (const [index, { isEnforced, isQuota }] of takes.entries()) {
    if (isEnforced && isOver(index)) return true;
    if (!isQuota) continue;
    quotas += 1;
    if (isOver(index)) overQuotas += 1;
  }
  return quotas > 0 && overQuotas === quotas;
}
