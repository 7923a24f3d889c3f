import type { Entry } from '../match/index.ts';
import type { OverrideTarget } from './types.ts';

/** Entries as one text, whatever their order; no two sets of entries give the same. */
export function entriesText(entries: readonly Entry[]): string {
  const texts = entries.map(({ key, value }) => `${key.length}:${key}${value.length}:${value}`);
  return texts.toSorted().join('|');
}

/** Names the one override of its target. */
export function overrideKey({ domain, label, entries }: OverrideTarget): string {
  return `${domain.length}:${domain}${label.length}:${label}|${entriesText(entries)}`;
}

/** All of them and one more; it takes the place of another for the same descriptors. */
export function withOverride<T extends OverrideTarget>(all: readonly T[], added: T): readonly T[] {
  return [...withoutOverride(all, added), added];
}

/** All of them but the one for these descriptors. */
export function withoutOverride<T extends OverrideTarget>(
  all: readonly T[],
  gone: OverrideTarget,
): readonly T[] {
  const key = overrideKey(gone);
  return all.filter((one) => overrideKey(one) !== key);
}
