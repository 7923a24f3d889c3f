import type { Resource, ResourceType } from '../snapshot/index.ts';
import type { Nack, SentResponse } from './events.ts';
import type { Refusal } from './nack.ts';

/**
 * What one stream holds for one resource type: what the client asks for, what it was sent, what it is
 * known to run. A value: each change gives a new one. Nothing of it outlives the stream.
 */
export interface Subscription {
  readonly type: ResourceType;
  /** True until a request carries a name: an empty list then still means the wildcard (xDS legacy rule). */
  readonly isLegacy: boolean;
  readonly isWildcard: boolean;
  /** Names asked for, without `*`. */
  readonly names: ReadonlySet<string>;
  /** Newest resource sent of each name. For cluster and listener the whole of the last response. */
  readonly sent: ReadonlyMap<string, Resource>;
  /** Name to version that the client is known to run. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Version of the newest response; before the first one, what the client told when it (re)connected. */
  readonly version: string;
  /** The client ran nothing of this type when the stream began. */
  readonly startedEmpty: boolean;
  /** Nonce of the newest response, '' before the first. */
  readonly nonce: string;
  /** Responses without an answer, oldest first. More than one only after a deadline passed. */
  readonly outstanding: readonly SentResponse[];
  /** Names were added to a full-state list: send it although its version is unchanged. */
  readonly mustResend: boolean;
  /** Content that the client refused, never sent again on this stream: versions of full-state lists, else resourceKey. */
  readonly denied: ReadonlySet<string>;
  /** Resources of a refused batch (resourceKey), sent again one by one to find the culprit. */
  readonly suspects: ReadonlySet<string>;
  /** Names to send without being asked: endpoints of clusters just sent, which warm only with them. */
  readonly unasked: ReadonlySet<string>;
}

const MAX_OUTSTANDING = 16;
const MAX_DENIED = 256;

/** CDS, LDS and policies: each response is the full state, what it leaves out is deleted. */
export function isFullState(type: ResourceType): boolean {
  return type === 'cluster' || type === 'listener' || type === 'policySet';
}

/** The subscription that the first request of a type makes. */
export function openSubscription(type: ResourceType, versionInfo: string): Subscription {
  return {
    type,
    isLegacy: true,
    isWildcard: isFullState(type),
    names: new Set(),
    sent: new Map(),
    accepted: new Map(),
    version: versionInfo,
    startedEmpty: versionInfo === '',
    nonce: '',
    outstanding: [],
    mustResend: false,
    denied: new Set(),
    suspects: new Set(),
    unasked: new Set(),
  };
}

/** True when the client wants the resource of that name. */
export function covers(subscription: Subscription, name: string): boolean {
  return subscription.isWildcard || subscription.names.has(name);
}

/** The state-of-the-world list of names, which replaces the one before. */
export function withNames(before: Subscription, list: readonly string[]): Subscription {
  if (before.isLegacy && list.length === 0) return before;
  const names = new Set(list);
  const isWildcard = names.delete('*');
  const isAdded = [...names].some((name) => !before.names.has(name));
  const next = { ...before, isLegacy: false, isWildcard, names };
  if (isFullState(before.type)) return { ...next, mustResend: before.mustResend || isAdded };
  // What is no longer asked for is forgotten on both sides, and sent again when asked for again.
  const keep = <V>(map: ReadonlyMap<string, V>) => new Map([...map].filter(([name]) => covers(next, name)));
  return { ...next, sent: keep(before.sent), accepted: keep(before.accepted) };
}

/** After a response was written. */
export function withSent(
  before: Subscription,
  response: SentResponse,
  resources: ReadonlyMap<string, Resource>,
): Subscription {
  return {
    ...before,
    sent: isFullState(before.type) ? resources : new Map([...before.sent, ...resources]),
    version: response.version,
    nonce: response.nonce,
    outstanding: [...before.outstanding, response].slice(-MAX_OUTSTANDING),
    mustResend: false,
    unasked: new Set([...before.unasked].filter((name) => !resources.has(name))),
  };
}

/** After the client told on reconnect that it runs exactly this set: as if sent and accepted. */
export function withAdopted(before: Subscription, resources: ReadonlyMap<string, Resource>): Subscription {
  return { ...before, sent: resources, accepted: versionsOf(resources) };
}

/** After an ACK of one response. Those before it were processed too: a client answers in order. */
export function withAck(before: Subscription, nonce: string): Subscription {
  const index = before.outstanding.findIndex((response) => response.nonce === nonce);
  const answered = before.outstanding.slice(0, index + 1);
  const last = answered.at(-1);
  if (last === undefined) return before;
  return {
    ...before,
    outstanding: before.outstanding.slice(index + 1),
    accepted: isFullState(before.type) ? last.resources : merge(before.accepted, answered),
  };
}

/** After a NACK of one response. */
export function withNack(before: Subscription, response: SentResponse, refusal: Refusal): Subscription {
  const next = {
    ...before,
    outstanding: before.outstanding.filter(({ nonce }) => nonce !== response.nonce),
  };
  if (isFullState(before.type)) {
    return {
      ...next,
      denied: bounded(before.denied, [response.version]),
      accepted: refusal.isPartlyApplied ? afterPartial(before, response, refusal.nack) : before.accepted,
    };
  }
  const keys = [...response.resources].map(([name, version]) => resourceKey({ name, version }));
  if (keys.length === 1) return { ...next, denied: bounded(before.denied, keys) };
  const isRefused = (resource: Resource) => keys.includes(resourceKey(resource));
  return {
    ...next,
    suspects: bounded(before.suspects, keys),
    sent: new Map([...before.sent].filter(([, resource]) => !isRefused(resource))),
  };
}

/**
 * After a new state came: a listener is tried once more with it, changed or not. Whether it can be opened depends on
 * the machine too, such as on a port that another process held.
 */
export function withSecondChance(before: Subscription): Subscription {
  if (before.type !== 'listener' || !before.denied.has(before.version)) return before;
  return { ...before, denied: new Set(), mustResend: true };
}

/** What a client runs after it applied all of a full-state response but the culprits. */
function afterPartial(before: Subscription, response: SentResponse, nack: Nack): ReadonlyMap<string, string> {
  const good = [...response.resources].filter(([name]) => !nack.names.includes(name));
  const kept = [...before.accepted].filter(([name]) => nack.names.includes(name));
  return new Map([...good, ...kept]);
}

/** Forgets that resources were sent, so that they are sent again, also unasked. */
export function withForgotten(before: Subscription, names: ReadonlySet<string>): Subscription {
  const isKept = ([name]: readonly [string, unknown]) => !names.has(name);
  return {
    ...before,
    sent: new Map([...before.sent].filter(isKept)),
    accepted: new Map([...before.accepted].filter(isKept)),
    unasked: new Set([...before.unasked, ...names]),
  };
}

/** Key of one resource's content in `denied` and `suspects`. */
export function resourceKey(resource: Pick<Resource, 'name' | 'version'>): string {
  return `${resource.name}@${resource.version}`;
}

/** Name to version. */
export function versionsOf(resources: ReadonlyMap<string, Resource>): ReadonlyMap<string, string> {
  return new Map([...resources].map(([name, { version }]) => [name, version]));
}

function merge(base: ReadonlyMap<string, string>, responses: readonly SentResponse[]): Map<string, string> {
  return new Map([...base, ...responses.flatMap(({ resources }) => [...resources])]);
}

function bounded(before: ReadonlySet<string>, added: readonly string[]): ReadonlySet<string> {
  return new Set([...before, ...added].slice(-MAX_DENIED));
}
