import type { Logger } from '@paymesh/common/log';
import { Counter, Gauge, type Registry } from '@paymesh/common/metrics';

import type { LoadedKeys } from './keys/index.ts';

export interface KeyEventsOptions {
  readonly log: Logger;
  readonly registry: Registry;
}

/** Tells of what was fetched: a line when it changes, and metrics of each time. */
export type KeyEvents = (name: string, loaded: LoadedKeys, goodUntilMs: number | undefined) => void;

/** Registers the metrics of remote keys; alert on the gauge before the time that it says. */
export function createKeyEvents({ log, registry }: KeyEventsOptions): KeyEvents {
  const registers = [registry];
  const fetches = new Counter({
    name: 'paymesh_authz_key_fetches_total',
    help: 'Answers of remote sources of keys, by source and result (taken, failed).',
    labelNames: ['source', 'result'],
    registers,
  });
  const goodUntil = new Gauge({
    name: 'paymesh_authz_keys_good_until_seconds',
    help: 'Unix time at which the fetched keys expire unless a fetch succeeds before.',
    labelNames: ['source'],
    registers,
  });
  const last = new Map<string, string>();
  return (source, loaded, goodUntilMs) => {
    fetches.inc({ source, result: loaded.kind === 'keys' ? 'taken' : 'failed' });
    if (goodUntilMs !== undefined) goodUntil.set({ source }, goodUntilMs / 1_000);
    const line = lineOf(loaded);
    if (last.get(source) === line) return;
    last.set(source, line);
    const details = { source, keys: line, goodUntil: rfc3339(goodUntilMs) };
    if (loaded.kind === 'failed') log.warn(details, 'keys cannot be fetched: the last good ones stay');
    else log.info(details, 'keys fetched');
  };
}

function lineOf(loaded: LoadedKeys): string {
  if (loaded.kind === 'failed') return loaded.why;
  const ids = loaded.keys.map(({ id }) => id).join(', ');
  return [ids === '' ? 'none' : ids, ...loaded.leftOut.map((why) => `left out ${why}`)].join('; ');
}

function rfc3339(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
