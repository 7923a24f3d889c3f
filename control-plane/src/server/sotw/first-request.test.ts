import { describe, expect, test } from '@jest/globals';

import type { NodeSnapshot } from '../../snapshot/index.ts';
import { driveSotw, requestOf } from '../testing/sotw-client.ts';
import { brief, only, snapshot } from '../testing/words.ts';

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

  test('with more names than are kept it ends the stream', () => {
    const { session } = driveSotw(target);
    const names = Array.from({ length: 65_537 }, (_, index) => `n${index}`);
    expect(session.request(requestOf('endpoint', { names }), 0)?.error).toContain('at most 65536');
    expect(session.request(requestOf('endpoint', { names: names.slice(1) }), 0)).toBeUndefined();
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
