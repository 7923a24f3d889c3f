import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { NodeSnapshot, Resource, ResourceType } from '../../snapshot/index.ts';
import { SPARE_MS } from '../phases.ts';
import { nodeSnapshot } from '../testing/resources.ts';
import { type Driver, driveSotw, plain, type SeenResponse } from '../testing/sotw-client.ts';

/**
 * A client that behaves as Envoy does: it asks for the endpoints of its clusters and the routes of its
 * listeners, refuses content named `bad`, and keeps what it had. The server may answer at any pace.
 */
class ModelClient {
  readonly running: Record<ResourceType, Map<string, string>> = {
    cluster: new Map(),
    endpoint: new Map(),
    listener: new Map(),
    route: new Map(),
    policySet: new Map(),
  };
  readonly #driver: Driver;
  readonly #inbox: SeenResponse[] = [];
  readonly #nonces = new Map<ResourceType, string>();
  readonly #asked = new Map<ResourceType, string>();
  /** What went wrong at any time: a route to a cluster that the client does not have, or not warm. */
  readonly faults: string[] = [];
  /** Clusters that routes named at any time: a request may have chosen one and not gone to it yet. */
  readonly #chosen = new Set<string>();

  constructor(driver: Driver) {
    this.#driver = driver;
    this.#ask('cluster');
  }

  receive(responses: readonly SeenResponse[]): void {
    this.#inbox.push(...responses);
  }

  /** All requests under way are answered. */
  finishRequests(): void {
    this.#chosen.clear();
  }

  get isIdle(): boolean {
    return this.#inbox.length === 0;
  }

  /** Works off one response, as a stream does: in order. */
  step(): void {
    const response = this.#inbox.shift();
    if (response === undefined) return;
    const { type, resources, nonce } = response;
    this.#nonces.set(type, nonce);
    const isBad = resources.some((resource) => resource.endsWith('=bad'));
    if (!isBad) this.#apply(type, resources);
    this.#ask(type, isBad ? 'refused' : undefined);
    this.#askDependents();
    this.#check();
    // Listeners are asked for when the first clusters are warm.
    const isWarm = [...this.running.cluster.keys()].every((name) => this.running.endpoint.has(name));
    if (isWarm && !this.#asked.has('listener')) this.#ask('listener');
  }

  #apply(type: ResourceType, resources: readonly string[]): void {
    const running = this.running[type];
    if (type === 'cluster' || type === 'listener') running.clear();
    for (const resource of resources) {
      const [name = '', content = ''] = resource.split('=');
      running.set(name, content);
    }
  }

  #askDependents(): void {
    for (const [parent, child] of [
      ['cluster', 'endpoint'],
      ['listener', 'route'],
    ] as const) {
      const names = [...this.running[parent].keys()].sort().join();
      if (this.#asked.get(child) !== names && (names !== '' || this.#asked.has(child))) this.#ask(child);
      // What is not asked for is forgotten.
      for (const name of this.running[child].keys()) {
        if (!this.running[parent].has(name)) this.running[child].delete(name);
      }
    }
  }

  #ask(type: ResourceType, error?: string): void {
    const parent = type === 'endpoint' ? 'cluster' : 'listener';
    const names = type === 'endpoint' || type === 'route' ? [...this.running[parent].keys()].sort() : [];
    this.#asked.set(type, names.join());
    const nonce = this.#nonces.get(type) ?? '';
    this.receive(this.#driver.request(type, { names, nonce, ...(error === undefined ? {} : { error }) }));
  }

  #check(): void {
    for (const target of this.running.route.values()) this.#chosen.add(target);
    for (const target of this.#chosen) {
      if (!this.running.cluster.has(target)) this.faults.push(`route to missing ${target}`);
      if (!this.running.endpoint.has(target)) this.faults.push(`route to ${target} without endpoints`);
    }
  }
}

const CLUSTERS = ['A', 'B', 'C'];

/** A consistent state: each route goes to a cluster of the same state. */
const states = fc
  .record({
    clusters: fc.dictionary(fc.constantFrom(...CLUSTERS), fc.constantFrom('1', '2', '3'), { minKeys: 1 }),
    endpoints: fc.constantFrom('1', '2', '3', '4'),
    listeners: fc.dictionary(fc.constantFrom('in', 'out'), fc.constantFrom('1', '2')),
    choice: fc.nat(),
    isRefused: fc.boolean(),
  })
  .map(({ clusters, endpoints, listeners, choice, isRefused }) => {
    const names = Object.keys(clusters).sort();
    const routes = Object.keys(listeners).map((name, index) =>
      plain('route', name, names[(choice + index) % names.length] ?? ''),
    );
    const resources: readonly Resource[] = [
      ...Object.entries(clusters).map(([name, content]) => plain('cluster', name, content)),
      ...names.map((name) => plain('endpoint', name, endpoints)),
      ...Object.entries(listeners).map(([name, content]) => plain('listener', name, content)),
      ...routes,
      ...(isRefused ? [plain('listener', 'refused', 'bad')] : []),
    ];
    return nodeSnapshot('edge', resources);
  });

type Step = { readonly kind: 'publish'; readonly target: NodeSnapshot } | { readonly kind: 'read' };

const steps = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: states.map((target): Step => ({ kind: 'publish', target })) },
    { weight: 4, arbitrary: fc.constant<Step>({ kind: 'read' }) },
  ),
  { maxLength: 60 },
);

/** Found by chance: the first listener asks for its route while the endpoints of a newer state wait their turn. */
function firstRouteBeforeItsEndpoints(): [NodeSnapshot, Step[], NodeSnapshot] {
  const state = (cluster: string, endpoints: string, isRouting: boolean): NodeSnapshot =>
    nodeSnapshot('edge', [
      plain('cluster', cluster, '1'),
      plain('endpoint', cluster, endpoints),
      ...(isRouting ? [plain('listener', 'in', '1'), plain('route', 'in', cluster)] : []),
    ]);
  const read: Step = { kind: 'read' };
  const publish = (target: NodeSnapshot): Step => ({ kind: 'publish', target });
  return [
    state('C', '1', true),
    [read, read, publish(state('C', '3', false)), publish(state('A', '1', true))],
    state('A', '1', false),
  ];
}

function settle(client: ModelClient): void {
  for (let count = 0; !client.isIdle; count += 1) {
    if (count > 200) throw new Error('the server never stops sending');
    client.step();
  }
}

function contentOf(target: NodeSnapshot): Record<string, Record<string, string>> {
  const of = (type: ResourceType) =>
    Object.fromEntries(
      [...target.resources[type].values()].map(({ name, bytes }) => [
        name,
        new TextDecoder().decode(bytes).slice(name.length + 1),
      ]),
    );
  const proxy = {
    cluster: of('cluster'),
    endpoint: of('endpoint'),
    listener: of('listener'),
    route: of('route'),
  };
  return { ...proxy, policySet: {} };
}

function viewOf({ running }: ModelClient): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(running).map(([type, resources]) => [type, Object.fromEntries(resources)]),
  );
}

describe('any sequence of publishes, ACKs and NACKs', () => {
  test('ends with the client running what the store has, and never routes to a missing cluster', () => {
    fc.assert(
      fc.property(states, steps, states, (first, sequence, last) => {
        const driver = driveSotw(first);
        const client = new ModelClient(driver);
        for (const step of sequence) {
          if (step.kind === 'read') client.step();
          else client.receive(driver.publish(step.target));
        }
        settle(client);
        const good = nodeSnapshot(
          'edge',
          (['cluster', 'endpoint', 'listener', 'route'] as const).flatMap((type) =>
            [...last.resources[type].values()].filter(({ name }) => name !== 'refused'),
          ),
        );
        client.receive(driver.publish(good));
        settle(client);
        client.finishRequests();
        client.receive(driver.advance(SPARE_MS));
        settle(client);
        expect(client.faults).toEqual([]);
        expect(viewOf(client)).toEqual(contentOf(good));
        expect(driver.events.findLast(({ kind }) => kind === 'synced')).toMatchObject({
          version: good.version,
        });
        expect(driver.events.filter(({ kind }) => kind === 'late')).toEqual([]);
      }),
      { numRuns: 300, examples: [firstRouteBeforeItsEndpoints()] },
    );
  });
});
