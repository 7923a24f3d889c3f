import type { QuotaIr, VirtualHostIr } from '../../ir/index.ts';
import { HEADER } from '../header-names.ts';
import type { QuotaStyle } from './filter.ts';

/** The header of a limit of a route, by its place among them: says its style. With a suffix: its name and values. */
export function quotaHeader(slot: number): string {
  return `${HEADER.quota}-${slot + 1}`;
}

/** The ways in which limits of these routes are to act, each once and in order. Names and numbers of limits are no part. */
export function quotaStylesOf(virtualHosts: readonly VirtualHostIr[]): QuotaStyle[] {
  const styles = quotasOf(virtualHosts).flat().map(styleOf);
  const byName = new Map(styles.map((style) => [nameOfStyle(style), style]));
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, style]) => style);
}

/** How many limits a route of these has at most. */
export function quotaSlotsOf(virtualHosts: readonly VirtualHostIr[]): number {
  return Math.max(0, ...quotasOf(virtualHosts).map((quotas) => quotas.length));
}

/** How a limit is to act. */
export function styleOf({ onUnavailable, status, entries }: QuotaIr): QuotaStyle {
  return {
    onUnavailable,
    status,
    keys: entries.filter(({ kind }) => kind !== 'fixed').map(({ key }) => key),
  };
}

/** `deny.429:principal,header.x-shop`. */
export function nameOfStyle({ onUnavailable, status, keys }: QuotaStyle): string {
  return `${onUnavailable}.${status}:${keys.join(',')}`;
}

function quotasOf(virtualHosts: readonly VirtualHostIr[]): (readonly QuotaIr[])[] {
  return virtualHosts.flatMap(({ routes }) => routes.map(({ quotas = [] }) => quotas));
}
