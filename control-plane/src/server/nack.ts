import type { ResourceType } from '../snapshot/index.ts';
import type { Nack, SentResponse } from './events.ts';

/** A refusal and what the client made of the rest of that response. */
export interface Refusal {
  readonly nack: Nack;
  /** CDS and LDS apply the good part of a response although they refuse it. */
  readonly isPartlyApplied: boolean;
}

const MAX_MESSAGE_LENGTH = 500;
/** Envoy marks a dump of the whole resource with it, private keys in clear included. */
const DUMP = /goo\.gle\/debug/;
const PREFIX: Partial<Record<ResourceType, RegExp>> = {
  cluster: /^Error adding\/updating cluster\(s\) /,
  listener: /^Error adding\/updating listener\(s\) /,
};

/** Reads the error text of a NACK of `response` as Envoy 1.40 writes it. */
export function readRefusal(
  type: ResourceType,
  response: SentResponse,
  message: string,
  atMs: number,
): Refusal {
  const all = [...response.resources.keys()];
  const prefix = PREFIX[type]?.exec(message)?.[0];
  const culprits =
    prefix === undefined ? namedInDump(message, all) : namedInList(type, message.slice(prefix.length), all);
  const names = culprits.length > 0 ? culprits : all;
  const nack = {
    type,
    nonce: response.nonce,
    version: response.version,
    names,
    message: shorten(message),
    atMs,
  };
  return { nack, isPartlyApplied: prefix !== undefined && culprits.length > 0 };
}

/** Cuts at the dump: what follows may hold secrets. */
export function shorten(message: string): string {
  const dump = message.search(DUMP);
  const kept = dump < 0 ? message : message.slice(0, dump);
  const text = kept.trim() === '' ? 'Proto constraint validation failed' : kept.trim();
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}...` : text;
}

/** `NAME: REASON, NAME: REASON` (CDS) or one a line (LDS). Names and reasons may hold the separators. */
function namedInList(type: ResourceType, list: string, names: readonly string[]): readonly string[] {
  const separator = type === 'cluster' ? ', ' : '\n';
  return names.filter((name) => list.startsWith(`${name}: `) || list.includes(`${separator}${name}: `));
}

/** The dump of a proto rule failure names the first bad resource at column 0. */
function namedInDump(message: string, names: readonly string[]): readonly string[] {
  const dump = message.search(DUMP);
  if (dump < 0) return [];
  const name = /^(?:cluster_)?name: "((?:[^"\\]|\\.)*)"$/m.exec(message.slice(dump))?.[1];
  const plain = name?.replace(/\\(["'\\])/g, '$1');
  return names.filter((candidate) => candidate === plain);
}
