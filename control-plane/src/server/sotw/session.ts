import type { DiscoveryRequest, DiscoveryResponse } from '@paymesh/common/envoy-discovery';

import { type NodeSnapshot, type Resource, type ResourceType, TYPE_URL } from '../../snapshot/index.ts';
import type { KnownLists } from '../known-lists.ts';
import { listVersion } from '../list-version.ts';
import {
  ANSWER_DEADLINE_MS,
  isLate,
  isSynced,
  type NextResponse,
  nextResponse,
  nextSpareEndMs,
  SEND_ORDER,
  type StreamState,
  sparesSince,
  wantedOf,
} from '../phases.ts';
import type { Flush, Session, SessionEvent } from '../session.ts';
import {
  isFullState,
  openSubscription,
  type Subscription,
  withAdopted,
  withForgotten,
  withNames,
  withSecondChance,
  withSent,
} from '../subscription.ts';
import { answered } from './answered.ts';
import { encodeResponse } from './response.ts';

const TYPE_OF_URL: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries(TYPE_URL).map(([type, url]) => [url, type as ResourceType]),
);

/** Names are kept as long as the stream lives; an Envoy with so many clusters would take gigabytes. */
const MAX_NAMES = 65_536;

export interface SotwSessionOptions {
  /** What the client shall run at the beginning. */
  readonly first: NodeSnapshot;
  readonly nowMs: number;
  readonly known: KnownLists;
  /** How long a cluster stays when no route names it any more, in milliseconds. */
  readonly spareMs: number;
}

/** The state-of-the-world protocol of one stream (xds_protocol, "SotW"). */
export function createSotwSession(options: SotwSessionOptions): Session<DiscoveryRequest, DiscoveryResponse> {
  return new SotwSession(options);
}

class SotwSession implements Session<DiscoveryRequest, DiscoveryResponse> {
  readonly #subscriptions = new Map<ResourceType, Subscription>();
  readonly #reportedLate = new Set<string>();
  #events: SessionEvent[] = [];
  #target: NodeSnapshot;
  #targetSinceMs: number;
  #syncedVersion = '';
  #nonces = 0;
  #spareSinceMs: ReadonlyMap<string, number> = new Map();
  readonly #known: KnownLists;
  readonly #spareMs: number;

  constructor({ first, nowMs, known, spareMs }: SotwSessionOptions) {
    this.#known = known;
    this.#spareMs = spareMs;
    this.#target = first;
    this.#targetSinceMs = nowMs;
  }

  request(request: DiscoveryRequest, nowMs: number): { readonly error: string } | undefined {
    if (request.typeUrl === '')
      return { error: 'type_url is empty; a request on an ADS stream names its type' };
    if (request.resourceNames.length > MAX_NAMES) {
      const { length } = request.resourceNames;
      return { error: `${length} resource names in one request; at most ${MAX_NAMES} are kept` };
    }
    const type = TYPE_OF_URL.get(request.typeUrl);
    // A type that is never served (secrets, runtime) gets silence; the stream goes on.
    if (type === undefined) return undefined;
    const before = this.#subscriptions.get(type);
    if (before === undefined) {
      this.#subscriptions.set(type, this.#open(type, request, nowMs));
      return undefined;
    }
    const { subscription, events, isStale } = answered(before, request, nowMs);
    this.#events.push(...events);
    // The client repeats its names when it answers the newest response.
    this.#subscriptions.set(type, isStale ? subscription : withNames(subscription, request.resourceNames));
    return undefined;
  }

  retarget(target: NodeSnapshot, nowMs: number): void {
    this.#target = target;
    this.#targetSinceMs = nowMs;
    this.#syncedVersion = '';
    const listeners = this.#subscriptions.get('listener');
    if (listeners !== undefined) this.#subscriptions.set('listener', withSecondChance(listeners));
  }

  flush(nowMs: number): Flush<DiscoveryResponse> {
    this.#reportLate(nowMs);
    this.#spareSinceMs = sparesSince(this.#state(nowMs));
    const responses: DiscoveryResponse[] = [];
    for (const type of SEND_ORDER) {
      const next = nextResponse(this.#state(nowMs), type);
      if (next !== undefined) responses.push(this.#send(type, next, nowMs));
    }
    this.#reportSynced(nowMs);
    const events = this.#events;
    this.#events = [];
    const wakeAtMs = this.#nextDeadline(nowMs);
    return { responses, events, ...(wakeAtMs === undefined ? {} : { wakeAtMs }) };
  }

  #state(nowMs: number): StreamState {
    return {
      subscriptions: this.#subscriptions,
      target: this.#target,
      nowMs,
      spareSinceMs: this.#spareSinceMs,
      spareMs: this.#spareMs,
    };
  }

  #open(type: ResourceType, request: DiscoveryRequest, nowMs: number): Subscription {
    const opened = withNames(openSubscription(type, request.versionInfo), request.resourceNames);
    if (!isFullState(type) || opened.names.size > 0) return opened;
    // Versions are content hashes: a reconnected client whose whole list is current needs nothing,
    // and one that has an older list is known to have those clusters, which its routes may name.
    const wanted = wantedOf(this.#state(nowMs), opened);
    if (request.versionInfo === listVersion(wanted)) return withAdopted(opened, wanted);
    const older = type === 'cluster' ? this.#known.find(request.versionInfo) : undefined;
    return older === undefined ? opened : withAdopted(opened, older);
  }

  #send(type: ResourceType, next: NextResponse, nowMs: number): DiscoveryResponse {
    const before = this.#subscriptions.get(type) ?? openSubscription(type, '');
    this.#nonces += 1;
    const { response, message } = encodeResponse(type, next, String(this.#nonces), nowMs);
    this.#subscriptions.set(type, withSent(before, response, next.resources));
    if (type === 'cluster') {
      this.#known.remember(next.version, next.resources);
      this.#forgetEndpoints(before.sent, next.resources);
    }
    this.#events.push({ kind: 'sent', type, response });
    return message;
  }

  /** A cluster that is new or changed warms only with endpoints that come after it, changed or not. */
  #forgetEndpoints(before: ReadonlyMap<string, Resource>, after: ReadonlyMap<string, Resource>): void {
    const endpoints = this.#subscriptions.get('endpoint');
    if (endpoints === undefined) return;
    const changed = [...before.keys(), ...after.keys()].filter(
      (name) => before.get(name)?.version !== after.get(name)?.version,
    );
    if (changed.length > 0) this.#subscriptions.set('endpoint', withForgotten(endpoints, new Set(changed)));
  }

  #reportLate(nowMs: number): void {
    for (const { type, outstanding } of this.#subscriptions.values()) {
      for (const response of outstanding) {
        if (!isLate(response.sentAtMs, nowMs) || this.#reportedLate.has(response.nonce)) continue;
        this.#reportedLate.add(response.nonce);
        this.#events.push({ kind: 'late', type, response });
      }
    }
  }

  #reportSynced(nowMs: number): void {
    if (this.#subscriptions.size === 0 || this.#syncedVersion === this.#target.version) return;
    if (!isSynced(this.#state(nowMs))) return;
    this.#syncedVersion = this.#target.version;
    this.#events.push({ kind: 'synced', version: this.#target.version, lagMs: nowMs - this.#targetSinceMs });
  }

  #nextDeadline(nowMs: number): number | undefined {
    const deadlines = [...this.#subscriptions.values()]
      .flatMap(({ outstanding }) => outstanding.map(({ sentAtMs }) => sentAtMs + ANSWER_DEADLINE_MS))
      .filter((deadline) => deadline > nowMs)
      .concat(nextSpareEndMs(this.#state(nowMs)) ?? []);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }
}
