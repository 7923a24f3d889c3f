import type { AdsEvent } from './server/index.ts';
import type { ResourceType } from './snapshot/index.ts';

/** Tells of each event whether it is the first response of its type on its stream. Remembers open streams only. */
export function createFirstSent(): (event: AdsEvent) => boolean {
  const sent = new Map<number, Set<ResourceType>>();
  return (event) => {
    if (event.kind === 'close') sent.delete(event.stream);
    if (event.kind !== 'sent') return false;
    const types = sent.get(event.stream) ?? new Set();
    const isFirst = !types.has(event.type);
    sent.set(event.stream, types.add(event.type));
    return isFirst;
  };
}
