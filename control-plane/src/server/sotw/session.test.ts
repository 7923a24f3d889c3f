import { describe, expect, test } from '@jest/globals';

import type { NodeSnapshot, Resource } from '../../snapshot/index.ts';
import { createKnownLists } from '../known-lists.ts';
import { ANSWER_DEADLINE_MS } from '../phases.ts';
import { nodeSnapshot } from '../testing/resources.ts';
import { driveSotw, plain, requestOf, type SeenResponse } from '../testing/sotw-client.ts';

/** `c:a=1 e:a=1 l:x=1 r:x=1`: a snapshot in one line. */
function snapshot(text: string): NodeSnapshot {
  const types = { c: 'cluster', e: 'endpoint', l: 'listener', r: 'route' } as const;
  const resources = text
    .split(' ')
    .filter((part) => part !== '')
    .map((part): Resource => {
      const [, letter, name = '', content = ''] = /^([celr]):(\w+)=(\w+)$/.exec(part) ?? [];
      return plain(types[letter as keyof typeof types], name, content);
    });
  return nodeSnapshot('edge', resources);
}

/** Responses as `cluster[a=1 b=1]`. */
function brief(responses: readonly SeenResponse[]): readonly string[] {
  return responses.map(({ type, resources }) => `${type}[${resources.join(' ')}]`);
}

/** The one response there must be. */
function only(responses: readonly SeenResponse[]): SeenResponse {
  const [first] = responses;
  if (first === undefined || responses.length > 1) throw new Error(`not one: ${brief(responses).join()}`);
  return first;
}

describe('the first request (xds.md 2.11)', () => {
  const target = snapshot('c:a=1 c:b=1 e:a=1 e:b=1 l:x=1 r:x=1');
  test.each([
    ['1: all clusters for an empty list', 'cluster', [], ['cluster[a=1 b=1]']],
    ['1: all listeners for an empty list', 'listener', [], ['listener[x=1]']],
    ['2: no endpoints for an empty list', 'endpoint', [], []],
    ['2: no routes for an empty list', 'route', [], []],
    ['3: only the named cluster', 'cluster', ['a'], ['cluster[a=1]']],
    ['3: all clusters for the wildcard', 'cluster', ['*'], ['cluster[a=1 b=1]']],
    ['13: what exists of the named endpoints', 'endpoint', ['a', 'missing'], ['endpoint[a=1]']],
    ['13: silence for missing endpoints only', 'endpoint', ['missing'], []],
  ] as const)('%s', (_, type, names, expected) => {
    expect(brief(driveSotw(target).request(type, { names }))).toEqual(expected);
  });

  test('an empty state is answered too, or the client waits 15 s', () => {
    const driver = driveSotw(snapshot(''));
    expect(brief(driver.requests(requestOf('cluster'), requestOf('listener')))).toEqual([
      'cluster[]',
      'listener[]',
    ]);
  });

  test('20: two quick requests get one answer for the latest list', () => {
    const driver = driveSotw(target);
    const first = requestOf('endpoint', { names: ['a'] });
    const second = requestOf('endpoint', { names: ['a', 'b'] });
    expect(brief(driver.requests(first, second))).toEqual(['endpoint[a=1 b=1]']);
  });

  test('21: a reconnected client whose wildcard list is current gets nothing', () => {
    const { version } = only(driveSotw(target).request('cluster'));
    const driver = driveSotw(target);
    expect(driver.request('cluster', { version })).toEqual([]);
    expect(brief(driver.publish(snapshot('c:a=2 c:b=1')))).toEqual(['cluster[a=2 b=1]']);
  });

  test('21: an older version gets the list', () => {
    expect(brief(driveSotw(target).request('cluster', { version: 'old' }))).toEqual(['cluster[a=1 b=1]']);
  });

  test.each(['cluster', 'endpoint'] as const)(
    '22: named %ss are sent although the version is current',
    (type) => {
      const { version } = only(driveSotw(target).request(type, { names: ['a'] }));
      expect(brief(driveSotw(target).request(type, { names: ['a'], version }))).toEqual([`${type}[a=1]`]);
    },
  );

  test('23: an old nonce on it does not make it stale', () => {
    expect(brief(driveSotw(target).request('cluster', { nonce: '77' }))).toEqual(['cluster[a=1 b=1]']);
  });

  test('25: without type_url it ends the stream', () => {
    const { session } = driveSotw(target);
    const request = { ...requestOf('cluster'), typeUrl: '' };
    expect(session.request(request, 0)?.error).toContain('type_url is empty');
  });

  test('27: of an unknown type gets silence', () => {
    const driver = driveSotw(target);
    expect(driver.requests({ ...requestOf('cluster'), typeUrl: 'type.googleapis.com/x.Y' })).toEqual([]);
    expect(brief(driver.request('cluster'))).toEqual(['cluster[a=1 b=1]']);
  });

  test('56: two servers give equal versions', () => {
    const again = snapshot('r:x=1 l:x=1 e:b=1 e:a=1 c:b=1 c:a=1');
    const version = (one: NodeSnapshot) => only(driveSotw(one).request('cluster')).version;
    expect(version(target)).toBe(version(again));
  });
});

describe('ACK', () => {
  test('4: is not answered', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const { nonce, version } = only(driver.request('cluster'));
    expect(driver.request('cluster', { nonce, version })).toEqual([]);
    expect(driver.events.map(({ kind }) => kind)).toEqual(['sent', 'ack', 'synced']);
  });

  test('5: a change then gives one response of new version and nonce', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const first = only(driver.request('cluster'));
    driver.request('cluster', first);
    const second = only(driver.publish(snapshot('c:a=2')));
    expect(second.resources).toEqual(['a=2']);
    expect([second.nonce, second.version]).not.toContain([first.nonce, first.version]);
  });

  test('10: with more names gets the new ones at once', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=1'));
    const { nonce } = only(driver.request('endpoint', { names: ['a'] }));
    expect(brief(driver.request('endpoint', { names: ['a', 'b'], nonce }))).toEqual(['endpoint[b=1]']);
  });

  test('11: with fewer names ends what is left out', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=1'));
    const { nonce } = only(driver.request('endpoint', { names: ['a', 'b'] }));
    expect(driver.request('endpoint', { names: ['a'], nonce })).toEqual([]);
    expect(driver.publish(snapshot('e:a=1 e:b=2'))).toEqual([]);
  });

  test('12: a name left out and asked for again is sent again', () => {
    const driver = driveSotw(snapshot('e:a=1'));
    const { nonce } = only(driver.request('endpoint', { names: ['a'] }));
    expect(driver.request('endpoint', { names: [], nonce })).toEqual([]);
    expect(brief(driver.request('endpoint', { names: ['a'], nonce }))).toEqual(['endpoint[a=1]']);
  });

  test('13: a missing name is sent when it appears', () => {
    const driver = driveSotw(snapshot('e:a=1'));
    const { nonce } = only(driver.request('endpoint', { names: ['a', 'b'] }));
    driver.request('endpoint', { names: ['a', 'b'], nonce });
    expect(brief(driver.publish(snapshot('e:a=1 e:b=1')))).toEqual(['endpoint[b=1]']);
  });

  test('14: wildcard, wildcard and name, name, nothing', () => {
    const driver = driveSotw(snapshot('c:a=1 c:b=1'));
    const all = only(driver.request('cluster'));
    expect(all.resources).toEqual(['a=1', 'b=1']);
    const both = only(driver.request('cluster', { names: ['*', 'a'], nonce: all.nonce }));
    expect(both.resources).toEqual(['a=1', 'b=1']);
    const named = only(driver.request('cluster', { names: ['a'], nonce: both.nonce }));
    expect(named.resources).toEqual(['a=1']);
    expect(driver.request('cluster', { names: [], nonce: named.nonce })).toEqual([]);
    expect(driver.publish(snapshot('c:a=2 c:b=2'))).toEqual([]);
  });

  test('15: named clusters are a full state', () => {
    const driver = driveSotw(snapshot('c:a=1 c:b=1 c:z=1'));
    const { nonce } = only(driver.request('cluster', { names: ['a', 'b'] }));
    driver.request('cluster', { names: ['a', 'b'], nonce });
    expect(brief(driver.publish(snapshot('c:a=2 c:b=1 c:z=2')))).toEqual(['cluster[a=2 b=1]']);
  });

  test('16: only changed endpoints are sent', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=1'));
    const names = ['a', 'b'];
    const { nonce } = only(driver.request('endpoint', { names }));
    driver.request('endpoint', { names, nonce });
    expect(brief(driver.publish(snapshot('e:a=2 e:b=1')))).toEqual(['endpoint[a=2]']);
  });

  test.each([
    ['17: the last cluster of a node that stays', 'cluster', 'c:a=1', '', 'cluster[]'],
    ['18: one of two listeners', 'listener', 'l:x=1 l:y=1', 'l:x=1', 'listener[x=1]'],
  ] as const)('%s is removed by leaving it out', (_, type, before, after, expected) => {
    const driver = driveSotw(snapshot(before));
    const { nonce } = only(driver.request(type));
    driver.request(type, { nonce });
    expect(brief(driver.publish(snapshot(after)))).toEqual([expected]);
  });

  test('19: of an older response counts for nothing but its own', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=1'));
    const first = only(driver.request('endpoint', { names: ['a'] }));
    driver.request('endpoint', { names: ['a'], nonce: first.nonce });
    const second = only(driver.publish(snapshot('e:a=2 e:b=1')));
    expect(driver.request('endpoint', { names: ['a', 'b'], nonce: first.nonce })).toEqual([]);
    expect(brief(driver.request('endpoint', { names: ['a', 'b'], nonce: second.nonce }))).toEqual([
      'endpoint[b=1]',
    ]);
  });

  test('28: of one type is no answer to another', () => {
    const driver = driveSotw(snapshot('c:a=1 e:a=1'));
    const cluster = only(driver.request('cluster'));
    const endpoint = only(driver.request('endpoint', { names: ['a'] }));
    driver.request('cluster', { nonce: endpoint.nonce });
    expect(driver.events.filter(({ kind }) => kind === 'ack')).toEqual([]);
    driver.request('cluster', { nonce: cluster.nonce });
    expect(driver.events.filter(({ kind }) => kind === 'ack')).toHaveLength(1);
  });

  test('45: changes while a response is out give one response with the last of them', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const { nonce } = only(driver.request('cluster'));
    expect(driver.publish(snapshot('c:a=2'))).toEqual([]);
    expect(driver.publish(snapshot('c:a=3'))).toEqual([]);
    expect(brief(driver.request('cluster', { nonce }))).toEqual(['cluster[a=3]']);
  });

  test('46: a change taken back while a response is out gives nothing', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const { nonce } = only(driver.request('cluster'));
    driver.publish(snapshot('c:a=2'));
    driver.publish(snapshot('c:a=1'));
    expect(driver.request('cluster', { nonce })).toEqual([]);
  });

  test('routes go one in a response, so that a refusal has one culprit', () => {
    const driver = driveSotw(snapshot('r:x=1 r:y=1'));
    const names = ['x', 'y'];
    const first = only(driver.request('route', { names }));
    expect(first.resources).toEqual(['x=1']);
    expect(brief(driver.request('route', { names, nonce: first.nonce }))).toEqual(['route[y=1]']);
  });
});

describe('NACK', () => {
  const names = ['a', 'b'];

  test('6: is recorded and the same content is not sent again', () => {
    const driver = driveSotw(snapshot('c:a=1 c:b=1'));
    const { nonce, version } = only(driver.request('cluster'));
    const error = 'Error adding/updating cluster(s) b: no good';
    expect(driver.request('cluster', { nonce, error })).toEqual([]);
    expect(driver.events.at(-1)).toEqual({
      kind: 'nack',
      nack: { type: 'cluster', nonce, version, names: ['b'], message: error, atMs: 0 },
    });
    expect(driver.publish(snapshot('c:a=1 c:b=1 l:x=1'))).toEqual([]);
  });

  test('7: a fix is sent and its ACK brings all in order', () => {
    const driver = driveSotw(snapshot('r:a=bad'));
    const first = only(driver.request('route', { names }));
    driver.request('route', { names, nonce: first.nonce, error: 'no' });
    const second = only(driver.publish(snapshot('r:a=good')));
    driver.request('route', { names, nonce: second.nonce });
    expect(driver.events.at(-1)?.kind).toBe('synced');
  });

  test('the way back to the state before it is sent, for parts of a refused list may run', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const first = only(driver.request('cluster'));
    driver.request('cluster', { nonce: first.nonce });
    const bad = only(driver.publish(snapshot('c:a=bad')));
    driver.request('cluster', { nonce: bad.nonce, version: first.version, error: 'no' });
    expect(brief(driver.publish(snapshot('c:a=1')))).toEqual(['cluster[a=1]']);
  });

  test('8: is one by its error, whatever its version says', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    const { nonce, version } = only(driver.request('cluster'));
    driver.request('cluster', { nonce, version, error: 'no' });
    expect(driver.events.map(({ kind }) => kind)).toEqual(['sent', 'nack']);
  });

  test('9: repeated with the same nonce it counts once and its names count', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=1'));
    const { nonce } = only(driver.request('endpoint', { names: ['a'] }));
    driver.request('endpoint', { names: ['a'], nonce, error: 'no' });
    const more = driver.request('endpoint', { names, nonce, error: 'no' });
    expect(brief(more)).toEqual(['endpoint[b=1]']);
    expect(driver.events.filter(({ kind }) => kind === 'nack')).toHaveLength(1);
  });

  test('of several endpoints is sent again one by one, and the culprit not a third time', () => {
    const driver = driveSotw(snapshot('e:a=1 e:b=bad'));
    const both = only(driver.request('endpoint', { names }));
    const alone = only(driver.request('endpoint', { names, nonce: both.nonce, error: 'no' }));
    expect(alone.resources).toEqual(['a=1']);
    const culprit = only(driver.request('endpoint', { names, nonce: alone.nonce }));
    expect(culprit.resources).toEqual(['b=bad']);
    expect(driver.request('endpoint', { names, nonce: culprit.nonce, error: 'no' })).toEqual([]);
    expect(driver.publish(snapshot('e:a=1 e:b=bad c:new=1'))).toEqual([]);
    expect(brief(driver.publish(snapshot('e:a=1 e:b=good')))).toEqual(['endpoint[b=good]']);
  });

  test('kept back while clusters warm it belongs to the response before', () => {
    const driver = driveSotw(snapshot('c:a=1'));
    driver.request('cluster', { nonce: only(driver.request('cluster')).nonce });
    const bad = only(driver.publish(snapshot('c:a=bad')));
    driver.publish(snapshot('c:a=2'));
    const good = only(driver.advance(ANSWER_DEADLINE_MS));
    driver.request('cluster', { nonce: good.nonce, version: good.version, error: 'Error: late' });
    const [ack, nack, synced] = driver.events.slice(-3);
    expect(ack).toMatchObject({ kind: 'ack', response: { nonce: good.nonce } });
    expect(nack).toMatchObject({ kind: 'nack', nack: { nonce: bad.nonce, version: bad.version } });
    expect(synced).toMatchObject({ kind: 'synced' });
    driver.publish(snapshot('c:a=bad'));
    expect(driver.events.filter(({ kind }) => kind === 'sent')).toHaveLength(3);
  });
});

/** A client that has all of a state with cluster X, ready for changes. */
function connected(before: NodeSnapshot) {
  const driver = driveSotw(before);
  const names = { endpoint: [...before.resources.endpoint.keys()], route: ['gateway'] };
  const ack = (response: SeenResponse, more: readonly string[] = []) =>
    driver.request(response.type, {
      nonce: response.nonce,
      version: response.version,
      ...(response.type === 'endpoint' ? { names: [...names.endpoint, ...more] } : {}),
      ...(response.type === 'route' ? { names: names.route } : {}),
    });
  ack(only(driver.request('cluster')));
  ack(only(driver.request('endpoint', { names: names.endpoint })));
  ack(only(driver.request('listener')));
  ack(only(driver.request('route', { names: names.route })));
  return { driver, ack };
}

describe('make before break', () => {
  const onX = snapshot('c:X=1 e:X=1 l:gateway=1 r:gateway=toX');
  const onY = snapshot('c:Y=1 e:Y=1 l:gateway=1 r:gateway=toY');

  test('49: old and new clusters, new endpoints, then routes, then the new clusters alone', () => {
    const { driver, ack } = connected(onX);
    const [clusters, endpoints, ...rest] = driver.publish(onY);
    expect(brief([clusters, endpoints, ...rest].flatMap((one) => one ?? []))).toEqual([
      'cluster[X=1 Y=1]',
      'endpoint[Y=1]',
    ]);
    if (clusters === undefined || endpoints === undefined) throw new Error('no responses');
    expect(ack(endpoints, ['Y'])).toEqual([]);
    const routes = only(ack(clusters));
    expect(brief([routes])).toEqual(['route[gateway=toY]']);
    const trimmed = only(ack(routes));
    expect(brief([trimmed])).toEqual(['cluster[Y=1]']);
    expect(driver.events.filter(({ kind }) => kind === 'synced')).toHaveLength(1);
    expect(ack(trimmed)).toEqual([]);
    expect(driver.events.at(-1)?.kind).toBe('synced');
  });

  test('50: a missing CDS ACK holds routes back until the deadline, not endpoints', () => {
    const { driver, ack } = connected(onX);
    const [, endpoints] = driver.publish(onY);
    if (endpoints === undefined) throw new Error('no endpoints');
    ack(endpoints, ['Y']);
    expect(driver.advance(ANSWER_DEADLINE_MS - 1)).toEqual([]);
    const routes = only(driver.advance(1));
    expect(brief([routes])).toEqual(['route[gateway=toY]']);
    expect(driver.events.at(-2)).toMatchObject({ kind: 'late', type: 'cluster' });
    expect(brief(ack(routes))).toEqual(['cluster[Y=1]']);
  });

  test('a flush tells when to look again', () => {
    const { driver } = connected(onX);
    driver.session.retarget(onY, 0);
    expect(driver.session.flush(0).wakeAtMs).toBe(ANSWER_DEADLINE_MS);
  });

  test('a route edit alone goes out at once', () => {
    const { driver } = connected(onX);
    const next = driver.publish(snapshot('c:X=1 e:X=1 l:gateway=1 r:gateway=edited'));
    expect(brief(next)).toEqual(['route[gateway=edited]']);
  });

  test('47: a changed cluster is followed by its endpoints, changed or not', () => {
    const { driver } = connected(snapshot('c:X=1 c:Z=1 e:X=1 e:Z=1 l:gateway=1 r:gateway=toX'));
    const next = driver.publish(snapshot('c:X=2 c:Z=1 e:X=1 e:Z=1 l:gateway=1 r:gateway=toX'));
    expect(brief(next)).toEqual(['cluster[X=2 Z=1]', 'endpoint[X=1]']);
  });

  test('48: a cluster removed and added again gets its endpoints again', () => {
    const both = snapshot('c:X=1 c:Z=1 e:X=1 e:Z=1 l:gateway=1 r:gateway=toX');
    const { driver, ack } = connected(both);
    ack(only(driver.publish(onX)));
    expect(brief(driver.publish(both))).toEqual(['cluster[X=1 Z=1]', 'endpoint[Z=1]']);
  });

  test('endpoints sent unasked and not taken are sent again only when asked for', () => {
    const { driver } = connected(onX);
    const [, endpoints] = driver.publish(onY);
    const nonce = endpoints?.nonce ?? '';
    expect(driver.request('endpoint', { names: ['X'], nonce })).toEqual([]);
    expect(brief(driver.request('endpoint', { names: ['X', 'Y'], nonce }))).toEqual(['endpoint[Y=1]']);
  });

  test('a newer state takes over in the middle', () => {
    const { driver, ack } = connected(onX);
    const [clusters, endpoints] = driver.publish(onY);
    if (clusters === undefined || endpoints === undefined) throw new Error('no responses');
    expect(driver.publish(onX)).toEqual([]);
    expect(ack(endpoints, ['Y'])).toEqual([]);
    expect(brief(ack(clusters))).toEqual(['cluster[X=1]']);
  });

  test('a refused new cluster keeps routes from it; a refused change of an old one does not', () => {
    const { driver, ack } = connected(onX);
    const [clusters, endpoints] = driver.publish(
      snapshot('c:X=1 c:Y=bad e:X=1 e:Y=1 l:gateway=1 r:gateway=toY'),
    );
    if (clusters === undefined || endpoints === undefined) throw new Error('no responses');
    ack(endpoints);
    const error = 'Error adding/updating cluster(s) Y: bad';
    expect(driver.request('cluster', { nonce: clusters.nonce, error })).toEqual([]);
    const changed = driver.publish(snapshot('c:X=bad e:X=1 l:gateway=1 r:gateway=edited'));
    const [next, again] = changed;
    if (next === undefined || again === undefined) throw new Error('no responses');
    ack(again);
    const released = driver.request('cluster', {
      nonce: next.nonce,
      error: 'Error adding/updating cluster(s) X: bad',
    });
    expect(brief(released)).toEqual(['route[gateway=edited]']);
  });

  test('a refused route keeps the clusters of the old one', () => {
    const { driver, ack } = connected(onX);
    const [clusters, endpoints] = driver.publish(onY);
    if (clusters === undefined || endpoints === undefined) throw new Error('no responses');
    ack(endpoints, ['Y']);
    const routes = only(ack(clusters));
    const refused = { names: ['gateway'], nonce: routes.nonce, error: 'no' };
    expect(driver.request('route', refused)).toEqual([]);
    expect(driver.advance(10 * ANSWER_DEADLINE_MS)).toEqual([]);
  });

  test('a proxy that reconnects while it warms clusters gets the rest without asking for clusters', () => {
    const driver = driveSotw(onX);
    const requests = [
      requestOf('endpoint', { names: ['X'], version: 'v' }),
      requestOf('listener', { version: 'v' }),
      requestOf('route', { names: ['gateway'], version: 'v' }),
    ];
    const answers = driver.requests(...requests);
    expect(brief(answers)).toEqual(['endpoint[X=1]']);
    const nonce = answers[0]?.nonce ?? '';
    expect(brief(driver.request('endpoint', { names: ['X'], nonce }))).toEqual([
      'listener[gateway=1]',
      'route[gateway=toX]',
    ]);
  });

  test('a proxy that reconnects with old clusters gets routes after the new ones', () => {
    const driver = driveSotw(onY);
    const answers = driver.requests(
      requestOf('cluster', { version: 'old' }),
      requestOf('endpoint', { names: ['X'], version: 'old' }),
      requestOf('route', { names: ['gateway'], version: 'old' }),
    );
    expect(brief(answers)).toEqual(['cluster[Y=1]', 'endpoint[Y=1]']);
  });

  test('a proxy that comes back with a list that is remembered loses no cluster before its routes change', () => {
    const known = createKnownLists(10);
    const { version } = only(driveSotw(onX, known).request('cluster'));
    const driver = driveSotw(onY, known);
    const early = driver.request('cluster', { version });
    expect(brief(early)).toEqual(['cluster[X=1 Y=1]']);
    const answers = driver.requests(
      requestOf('endpoint', { names: ['X'], version: 'e' }),
      requestOf('listener', { version: only(driveSotw(onX).request('listener')).version }),
      requestOf('route', { names: ['gateway'], version: 'r' }),
    );
    expect(answers).toEqual([]);
    const endpoints = only(driver.request('endpoint', { names: ['X', 'Y'], version: 'e' }));
    driver.request('endpoint', { names: ['X', 'Y'], nonce: endpoints.nonce });
    const routes = only(driver.request('cluster', { nonce: early[0]?.nonce ?? '' }));
    expect(brief([routes])).toEqual(['route[gateway=toY]']);
    const last = driver.request('route', { names: ['gateway'], nonce: routes.nonce });
    expect(brief(last)).toEqual(['cluster[Y=1]']);
  });

  test('a new proxy gets its routes at once', () => {
    const driver = driveSotw(onX);
    const requests = [
      requestOf('cluster'),
      requestOf('listener'),
      requestOf('route', { names: ['gateway'] }),
    ];
    expect(brief(driver.requests(...requests))).toEqual([
      'cluster[X=1]',
      'listener[gateway=1]',
      'route[gateway=toX]',
    ]);
  });
});
