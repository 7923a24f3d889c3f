import { describe, expect, test } from '@jest/globals';

import { createKnownLists } from '../known-lists.ts';
import { ANSWER_DEADLINE_MS, FORGOTTEN_SPARE_MS, SPARE_MS } from '../phases.ts';
import { type Driver, driveSotw, requestOf } from '../testing/sotw-client.ts';
import { brief, connected, only, snapshot } from '../testing/words.ts';

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
    expect(ack(routes)).toEqual([]);
    expect(driver.events.at(-1)?.kind).toBe('synced');
    const trimmed = only(driver.advance(SPARE_MS));
    expect(brief([trimmed])).toEqual(['cluster[Y=1]']);
    expect(ack(trimmed)).toEqual([]);
    expect(driver.events.filter(({ kind }) => kind === 'synced')).toHaveLength(2);
  });

  test('an old cluster stays for requests that chose it before, and its time is its own', () => {
    const { driver, ack } = connected(snapshot('c:V=1 c:X=1 e:V=1 e:X=1 l:gateway=1 r:gateway=toX'));
    const [clusters, endpoints] = driver.publish(onY);
    if (clusters === undefined || endpoints === undefined) throw new Error('no responses');
    ack(endpoints, ['Y']);
    ack(only(ack(clusters)));
    driver.advance(SPARE_MS / 2);
    const backOnX = driver.publish(onX);
    expect(brief(backOnX)).toEqual(['route[gateway=toX]']);
    ack(only(backOnX));
    expect(driver.session.flush(SPARE_MS / 2).wakeAtMs).toBe(SPARE_MS);
    const withoutV = only(driver.advance(SPARE_MS / 2));
    expect(brief([withoutV])).toEqual(['cluster[X=1 Y=1]']);
    ack(withoutV);
    expect(brief(driver.advance(SPARE_MS / 2))).toEqual(['cluster[X=1]']);
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
    expect(ack(routes)).toEqual([]);
    expect(brief(driver.advance(SPARE_MS))).toEqual(['cluster[Y=1]']);
  });

  test('50: routes that name no cluster of the missing ACK go out at once', () => {
    const { driver } = connected(onX);
    driver.publish(snapshot('c:X=1 c:Y=1 e:X=1 e:Y=1 l:gateway=1 r:gateway=toX'));
    const next = driver.publish(snapshot('c:X=1 c:Y=1 e:X=1 e:Y=1 l:gateway=1 r:gateway=editedX'));
    expect(brief(next)).toEqual(['route[gateway=editedX]']);
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
    expect(driver.publish(onX)).toEqual([]);
    ack(only(driver.advance(SPARE_MS)));
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
    expect(ack(clusters)).toEqual([]);
    expect(brief(driver.advance(SPARE_MS))).toEqual(['cluster[X=1]']);
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
    const changed = driver.publish(snapshot('c:X=bad e:X=1 l:gateway=1 r:gateway=editedX'));
    const [next, again] = changed;
    if (next === undefined || again === undefined) throw new Error('no responses');
    ack(again);
    const released = driver.request('cluster', {
      nonce: next.nonce,
      error: 'Error adding/updating cluster(s) X: bad',
    });
    expect(brief(released)).toEqual(['route[gateway=editedX]']);
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
    expect(brief(answers)).toEqual(['endpoint[X=1]', 'listener[gateway=1]']);
    const nonce = answers[0]?.nonce ?? '';
    expect(brief(driver.request('endpoint', { names: ['X'], nonce }))).toEqual(['route[gateway=toX]']);
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

  test('a proxy that comes back in the middle of a forgotten change gets routes before its clusters are trimmed', () => {
    const driver = driveSotw(onY);
    const names = ['X', 'Y'];
    const endpoints = only(
      driver.requests(
        requestOf('cluster', { version: 'both' }),
        requestOf('endpoint', { names, version: 'e' }),
        requestOf('listener', { version: only(driveSotw(onY).request('listener')).version }),
        requestOf('route', { names: ['gateway'], version: 'r' }),
      ),
    );
    expect(brief([endpoints])).toEqual(['endpoint[Y=1]']);
    const routes = only(driver.request('endpoint', { names, nonce: endpoints.nonce }));
    expect(brief([routes])).toEqual(['route[gateway=toY]']);
    expect(driver.request('route', { names: ['gateway'], nonce: routes.nonce })).toEqual([]);
    expect(brief(driver.advance(FORGOTTEN_SPARE_MS))).toEqual(['cluster[Y=1]', 'endpoint[Y=1]']);
  });

  test.each([
    [
      'refuses those routes',
      (driver: Driver, nonce: string) => driver.request('route', { nonce, error: 'no' }),
    ],
    ['never answers them', (driver: Driver) => driver.advance(ANSWER_DEADLINE_MS)],
  ])('a proxy that comes back in the middle of a forgotten change and %s gets its clusters', (_, react) => {
    const driver = driveSotw(onY);
    const [endpoints] = driver.requests(
      requestOf('cluster', { version: 'both' }),
      requestOf('endpoint', { names: ['X', 'Y'], version: 'e' }),
      requestOf('listener', { version: only(driveSotw(onY).request('listener')).version }),
      requestOf('route', { names: ['gateway'], version: 'r' }),
    );
    const routes = only(driver.request('endpoint', { names: ['X', 'Y'], nonce: endpoints?.nonce ?? '' }));
    expect(react(driver, routes.nonce)).toEqual([]);
    expect(brief(driver.advance(FORGOTTEN_SPARE_MS))).toEqual(['cluster[Y=1]', 'endpoint[Y=1]']);
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
    expect(driver.request('route', { names: ['gateway'], nonce: routes.nonce })).toEqual([]);
    expect(brief(driver.advance(SPARE_MS))).toEqual(['cluster[Y=1]']);
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
