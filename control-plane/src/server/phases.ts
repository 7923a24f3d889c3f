import type { NodeSnapshot, Resource, ResourceType } from '../snapshot/index.ts';
import { listVersion } from './list-version.ts';
import { covers, isFullState, resourceKey, type Subscription } from './subscription.ts';

/**
 * What may be sent now, so that a proxy never routes to a cluster it does not have (make before break):
 * clusters of the old and the new state together, right behind them their endpoints; when those are
 * answered listeners and routes; when those are answered the clusters nobody needs go. Nothing is
 * remembered of phases: each answer is computed from what was sent to what shall be.
 */

/** How long an answer is waited for before the next phase goes on without it. */
export const ANSWER_DEADLINE_MS = 5_000;

/**
 * How long a cluster stays when no route names it any more. A request chooses its route first and its cluster last: in
 * between it may upload a body, wait for ext-authz and the limiter, or be tried again.
 */
export const SPARE_MS = 60_000;

/** The same for clusters that nobody here remembers: until they are gone, the proxy gets no change of any cluster. */
export const FORGOTTEN_SPARE_MS = 2_000;

export type Subscriptions = ReadonlyMap<ResourceType, Subscription>;

export interface StreamState {
  readonly subscriptions: Subscriptions;
  readonly target: NodeSnapshot;
  readonly nowMs: number;
  /** Since when which cluster that is to go is named by no route. */
  readonly spareSinceMs: ReadonlyMap<string, number>;
  /** How long such a cluster stays. */
  readonly spareMs: number;
}

/** The resources of the next response. */
export interface NextResponse {
  readonly version: string;
  readonly resources: ReadonlyMap<string, Resource>;
}

/** The order in which types are looked at; Envoy works a stream off in order. */
export const SEND_ORDER: readonly ResourceType[] = ['cluster', 'endpoint', 'listener', 'route', 'policySet'];

/** The next response of one type, undefined when there is nothing to send or it has to wait. */
export function nextResponse(state: StreamState, type: ResourceType): NextResponse | undefined {
  const subscription = state.subscriptions.get(type);
  if (subscription === undefined || isAwaited(subscription, state.nowMs)) return undefined;
  switch (type) {
    case 'cluster':
      if (mustAwaitSpares(state, subscription)) return undefined;
      return changedList(subscription, wantedClusters(state, subscription));
    case 'listener': {
      const wanted = wantedOf(state, subscription);
      return mayRoute(state, subscription, [...wanted.values()])
        ? changedList(subscription, wanted)
        : undefined;
    }
    case 'endpoint':
      return nextBatch(subscription, pendingEndpoints(state, subscription));
    case 'route': {
      const ready = pending(state, subscription).filter((resource) =>
        mayRoute(state, subscription, [resource]),
      );
      return ready[0] === undefined ? undefined : listOf([ready[0]]);
    }
    case 'policySet':
      return changedList(subscription, wantedOf(state, subscription));
    default:
      return type satisfies never;
  }
}

/** The full list that the client shall end with. */
export function wantedOf(state: StreamState, subscription: Subscription): ReadonlyMap<string, Resource> {
  const all = state.target.resources[subscription.type];
  if (subscription.isWildcard) return all;
  return new Map([...all].filter(([name]) => covers(subscription, name)));
}

/** True when the client is known to run all that it asked for of the target, and no more but clusters that go later. */
export function isSynced(state: StreamState): boolean {
  return SEND_ORDER.every((type) => {
    const subscription = state.subscriptions.get(type);
    // What it has not asked for yet it does not run yet.
    if (subscription === undefined) return state.target.resources[type].size === 0;
    const wanted = wantedOf(state, subscription);
    if (type === 'listener' && subscription.accepted.size !== wanted.size) return false;
    return [...wanted].every(([name, { version }]) => subscription.accepted.get(name) === version);
  });
}

/** True while the newest response is unanswered and within its deadline: one at a time. */
function isAwaited(subscription: Subscription, nowMs: number): boolean {
  const newest = subscription.outstanding.at(-1);
  return newest !== undefined && !isLate(newest.sentAtMs, nowMs);
}

/** True when a response has waited for its answer for longer than a proxy that is well takes. */
export function isLate(sentAtMs: number, nowMs: number): boolean {
  return nowMs - sentAtMs >= ANSWER_DEADLINE_MS;
}

/** Old clusters stay until no old listener or route can name them, nor a request that chose one of those. */
function wantedClusters(state: StreamState, clusters: Subscription): ReadonlyMap<string, Resource> {
  const wanted = wantedOf(state, clusters);
  const doomed = [...clusters.sent].filter(([name]) => !wanted.has(name) && covers(clusters, name));
  if (doomed.length === 0) return wanted;
  const isFree = isRoutingSettled(state, clusters);
  const kept = doomed.filter(([name]) => !isFree || !isOver(state, name, state.spareMs));
  return new Map([...wanted, ...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The time from which each cluster that is to go is named by no route. */
export function sparesSince(state: StreamState): ReadonlyMap<string, number> {
  const clusters = state.subscriptions.get('cluster');
  if (clusters === undefined) return new Map();
  const isForgotten = hasForgottenSpares(state, clusters);
  const wanted = wantedOf(state, clusters);
  const names = isForgotten
    ? forgottenSpares(state)
    : [...clusters.sent.keys()].filter((name) => !wanted.has(name));
  if (names.length === 0) return new Map();
  const isFree = isForgotten ? !isRoutingBusy(state) : isRoutingSettled(state, clusters);
  // No later state names it either, or it would be wanted again.
  const known = names.filter((name) => isFree || state.spareSinceMs.has(name));
  return new Map(known.map((name) => [name, state.spareSinceMs.get(name) ?? state.nowMs]));
}

/** When the next of those clusters may go. */
export function nextSpareEndMs(state: StreamState): number | undefined {
  const { spareSinceMs, spareMs, nowMs } = state;
  const clusters = state.subscriptions.get('cluster');
  const isForgotten = clusters !== undefined && hasForgottenSpares(state, clusters);
  const keptMs = isForgotten ? Math.min(spareMs, FORGOTTEN_SPARE_MS) : spareMs;
  const ends = [...spareSinceMs.values()].map((sinceMs) => sinceMs + keptMs).filter((end) => end > nowMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function isOver({ spareSinceMs, nowMs }: StreamState, name: string, keptMs: number): boolean {
  const sinceMs = spareSinceMs.get(name);
  return sinceMs !== undefined && nowMs - sinceMs >= keptMs;
}

/**
 * A proxy that comes back with clusters that nobody here remembers, as after a restart in the middle of a change, has
 * those whose endpoints it asks for: all that the new routes name, and others that its old routes may name. Any list
 * of clusters would take those away, so it waits until the routes have changed.
 */
function hasForgottenSpares({ subscriptions, target }: StreamState, clusters: Subscription): boolean {
  const isRemembered = clusters.startedEmpty || clusters.nonce !== '' || clusters.sent.size > 0;
  const names = subscriptions.get('endpoint')?.names ?? new Set();
  const wanted = target.resources.endpoint;
  return !isRemembered && names.size > wanted.size && [...wanted.keys()].every((name) => names.has(name));
}

function forgottenSpares({ subscriptions, target }: StreamState): readonly string[] {
  const names = subscriptions.get('endpoint')?.names ?? new Set();
  return [...names].filter((name) => !target.resources.endpoint.has(name));
}

function mustAwaitSpares(state: StreamState, clusters: Subscription): boolean {
  if (!hasForgottenSpares(state, clusters)) return false;
  const keptMs = Math.min(state.spareMs, FORGOTTEN_SPARE_MS);
  return isRoutingBusy(state) || forgottenSpares(state).some((name) => !isOver(state, name, keptMs));
}

/** Listeners or routes are to be sent, or were and may still be answered. */
function isRoutingBusy(state: StreamState): boolean {
  const listeners = state.subscriptions.get('listener');
  const routes = state.subscriptions.get('route');
  if (listeners === undefined || routes === undefined) return false;
  if (isAwaited(listeners, state.nowMs) || isAwaited(routes, state.nowMs)) return true;
  return (
    pending(state, routes).length > 0 || changedList(listeners, wantedOf(state, listeners)) !== undefined
  );
}

function isRoutingSettled(state: StreamState, clusters: Subscription): boolean {
  return (['listener', 'route'] as const).every((type) => {
    const subscription = state.subscriptions.get(type);
    if (subscription !== undefined) return isSettled(state, subscription);
    // A proxy that came back with clusters runs old routes too, but has not asked for them yet.
    return clusters.startedEmpty || state.target.resources[type].size === 0;
  });
}

function isSettled(state: StreamState, subscription: Subscription): boolean {
  const wanted = wantedOf(state, subscription);
  const isGone = [...subscription.sent.keys()].every((name) => wanted.has(name));
  return (
    (isGone || !isFullState(subscription.type)) &&
    [...wanted.values()].every((resource) => isInForce(subscription, resource, state.nowMs))
  );
}

/** Accepted, or sent and not answered in time. */
function isInForce(subscription: Subscription, resource: Resource, nowMs: number): boolean {
  if (subscription.accepted.get(resource.name) === resource.version) return true;
  return subscription.outstanding.some(
    ({ resources, sentAtMs }) => resources.get(resource.name) === resource.version && isLate(sentAtMs, nowMs),
  );
}

/**
 * Listeners and routes wait for the clusters that they name. For the first ones of a client it is enough that
 * those were sent before: Envoy works a stream off in order, and answers nothing while it warms its first clusters.
 */
function mayRoute(state: StreamState, subscription: Subscription, resources: readonly Resource[]): boolean {
  const isFirst = subscription.startedEmpty && resources.every(({ name }) => !subscription.sent.has(name));
  const awaited = isFirst
    ? [...unsentClusters(state), ...unsentEndpoints(state)]
    : [...unreadyClusters(state), ...unreadyEndpoints(state)];
  return !resources.some((resource) => awaited.some((cluster) => mentions(resource, cluster)));
}

function unsentClusters(state: StreamState): readonly string[] {
  const clusters = state.subscriptions.get('cluster');
  if (clusters === undefined || clusters.denied.has(listVersion(wantedClusters(state, clusters)))) return [];
  return [...wantedOf(state, clusters).values()]
    .filter(({ name, version }) => clusters.sent.get(name)?.version !== version)
    .map(({ name }) => name);
}

function unsentEndpoints(state: StreamState): readonly string[] {
  const endpoints = state.subscriptions.get('endpoint');
  return endpoints === undefined ? [] : pendingEndpoints(state, endpoints).map(({ name }) => name);
}

/** Errs on the side of true: in encoded messages a name stands as it is, perhaps as part of another. */
function mentions({ bytes }: Resource, cluster: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(cluster);
}

function unreadyClusters(state: StreamState): readonly string[] {
  const clusters = state.subscriptions.get('cluster');
  // A proxy that reconnects while it warms clusters asks for routes and not for clusters.
  if (clusters === undefined || hasForgottenSpares(state, clusters)) return [];
  const waiting = [...wantedOf(state, clusters).values()].filter(
    (cluster) => !isInForce(clusters, cluster, state.nowMs),
  );
  // Of a refused change of a cluster the old version serves on.
  const isRefused = waiting.length > 0 && clusters.denied.has(listVersion(wantedClusters(state, clusters)));
  return waiting.map(({ name }) => name).filter((name) => !isRefused || !clusters.accepted.has(name));
}

function unreadyEndpoints(state: StreamState): readonly string[] {
  const endpoints = state.subscriptions.get('endpoint');
  if (endpoints === undefined) return [];
  const awaited = endpoints.outstanding.filter(({ sentAtMs }) => !isLate(sentAtMs, state.nowMs));
  return [...awaited.flatMap(({ resources }) => [...resources.keys()]), ...unsentEndpoints(state)];
}

/** Endpoints that changed, and those of clusters just sent before the client asks for them. */
function pendingEndpoints(state: StreamState, endpoints: Subscription): readonly Resource[] {
  return [...state.target.resources.endpoint.values()].filter(
    (resource) =>
      (covers(endpoints, resource.name) || endpoints.unasked.has(resource.name)) &&
      isPending(endpoints, resource),
  );
}

function pending(state: StreamState, subscription: Subscription): readonly Resource[] {
  return [...wantedOf(state, subscription).values()].filter((resource) => isPending(subscription, resource));
}

function isPending(subscription: Subscription, resource: Resource): boolean {
  return (
    subscription.sent.get(resource.name)?.version !== resource.version &&
    !subscription.denied.has(resourceKey(resource))
  );
}

/** All at once, but a suspect of a refused batch alone: only then is the culprit known. */
function nextBatch(subscription: Subscription, resources: readonly Resource[]): NextResponse | undefined {
  if (resources.length === 0) return undefined;
  const suspect = resources.find((resource) => subscription.suspects.has(resourceKey(resource)));
  return listOf(suspect === undefined ? resources : [suspect]);
}

/** A full-state list, when it is another than the last one and was not refused. */
function changedList(
  subscription: Subscription,
  resources: ReadonlyMap<string, Resource>,
): NextResponse | undefined {
  const isAsked = subscription.isWildcard || subscription.names.size > 0;
  const version = listVersion(resources);
  if (!isAsked || subscription.denied.has(version)) return undefined;
  if (version === subscription.version && !subscription.mustResend) return undefined;
  return { version, resources };
}

function listOf(resources: readonly Resource[]): NextResponse {
  const map = new Map(resources.map((resource) => [resource.name, resource]));
  return { version: listVersion(map), resources: map };
}
