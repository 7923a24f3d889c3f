import { describe, expect, test } from '@jest/globals';

import { SPARE_MS } from '../phases.ts';
import { driveSotw } from '../testing/sotw-client.ts';
import { brief, only, snapshot } from '../testing/words.ts';

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
    expect(brief([...driver.publish(snapshot(after)), ...driver.advance(SPARE_MS)])).toEqual([expected]);
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
