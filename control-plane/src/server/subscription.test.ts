import { describe, expect, test } from '@jest/globals';

import type { ResourceType } from '../snapshot/index.ts';
import type { SentResponse } from './events.ts';
import { readRefusal } from './nack.ts';
import {
  covers,
  openSubscription,
  type Subscription,
  versionsOf,
  withAck,
  withAdopted,
  withForgotten,
  withNack,
  withNames,
  withSent,
} from './subscription.ts';
import { plain } from './testing/sotw-client.ts';

function opened(type: ResourceType, ...names: string[]): Subscription {
  return withNames(openSubscription(type, ''), names);
}

function list(type: ResourceType, ...contents: string[]) {
  return new Map(
    contents.map((content) => {
      const [name = '', version = ''] = content.split('=');
      return [name, plain(type, name, version)] as const;
    }),
  );
}

/** After a response of that nonce with `name=content` resources. */
function sent(before: Subscription, nonce: string, ...contents: string[]): Subscription {
  const resources = list(before.type, ...contents);
  const response = { nonce, version: `v${nonce}`, resources: versionsOf(resources), sentAtMs: 0 };
  return withSent(before, response, resources);
}

function refused(before: Subscription, nonce: string, message = 'no'): Subscription {
  const response = before.outstanding.find((one): one is SentResponse => one.nonce === nonce);
  if (response === undefined) throw new Error(`nothing outstanding of nonce ${nonce}`);
  return withNack(before, response, readRefusal(before.type, response, message, 0));
}

describe('names and wildcard (xds.md 2.4)', () => {
  test.each<[string, ResourceType, string[][], string[]]>([
    ['an empty list of clusters is the wildcard', 'cluster', [[]], ['a', 'b']],
    ['an empty list of endpoints is nothing', 'endpoint', [[]], []],
    ['a star is the wildcard', 'cluster', [['*']], ['a', 'b']],
    ['a star and a name are both', 'cluster', [[], ['*', 'a']], ['a', 'b']],
    ['a name ends the legacy wildcard', 'cluster', [[], ['a']], ['a']],
    ['an empty list after a name is nothing', 'cluster', [['a'], []], []],
    ['an empty list after a star is nothing', 'listener', [['*'], []], []],
    ['an empty list twice stays the wildcard', 'listener', [[], []], ['a', 'b']],
    ['a star counts for endpoints too', 'endpoint', [['*']], ['a', 'b']],
    ['names are replaced, not added', 'route', [['a'], ['b']], ['b']],
  ])('%s', (_, type, lists, expected) => {
    const subscription = lists.reduce(withNames, openSubscription(type, ''));
    expect(['a', 'b'].filter((name) => covers(subscription, name))).toEqual(expected);
  });

  test('names that are left out are forgotten', () => {
    const subscription = withNames(sent(opened('endpoint', 'a', 'b'), '1', 'a=1', 'b=1'), ['b']);
    expect([...subscription.sent.keys()]).toEqual(['b']);
  });

  test('an added name makes a full list due again, a removed one does not', () => {
    const subscription = sent(opened('cluster', 'a', 'b'), '1', 'a=1', 'b=1');
    expect(withNames(subscription, ['a', 'b', 'c']).mustResend).toBe(true);
    expect(withNames(subscription, ['a']).mustResend).toBe(false);
  });
});

describe('sent and accepted', () => {
  test('a list replaces, an endpoint adds', () => {
    const clusters = sent(sent(opened('cluster'), '1', 'a=1', 'b=1'), '2', 'b=2');
    const endpoints = sent(sent(opened('endpoint', '*'), '1', 'a=1', 'b=1'), '2', 'b=2');
    expect([...clusters.sent.keys()]).toEqual(['b']);
    expect([...versionsOf(endpoints.sent)]).toEqual([
      ['a', 'a-1'],
      ['b', 'b-2'],
    ]);
  });

  test('an ACK accepts its response and those before it', () => {
    const both = sent(sent(opened('endpoint', '*'), '1', 'a=1'), '2', 'b=2');
    const subscription = withAck(both, '2');
    expect(subscription.accepted).toEqual(new Map(Object.entries({ a: 'a-1', b: 'b-2' })));
    expect(subscription.outstanding).toEqual([]);
  });

  test('an ACK of an earlier response leaves the later one open', () => {
    const both = sent(sent(opened('cluster'), '1', 'a=1'), '2', 'a=2');
    expect(withAck(both, '1').outstanding.map(({ nonce }) => nonce)).toEqual(['2']);
  });

  test('an ACK of nothing changes nothing', () => {
    const subscription = sent(opened('cluster'), '1', 'a=1');
    expect(withAck(subscription, '7')).toBe(subscription);
  });

  test('an adopted list counts as sent and accepted', () => {
    const subscription = withAdopted(openSubscription('cluster', 'v'), list('cluster', 'a=1'));
    expect([[...subscription.sent.keys()], [...subscription.accepted]]).toEqual([['a'], [['a', 'a-1']]]);
  });

  test('what is forgotten is due unasked, until it is sent', () => {
    const acked = withAck(sent(opened('endpoint', 'a'), '1', 'a=1'), '1');
    const forgotten = withForgotten(acked, new Set(['a', 'b']));
    expect([forgotten.sent.size, forgotten.accepted.size, [...forgotten.unasked]]).toEqual([
      0,
      0,
      ['a', 'b'],
    ]);
    expect([...sent(forgotten, '2', 'a=1').unasked]).toEqual(['b']);
  });

  test('responses without an answer are bounded', () => {
    let subscription = opened('cluster');
    for (let nonce = 0; nonce < 100; nonce += 1)
      subscription = sent(subscription, String(nonce), `a=${nonce}`);
    expect(subscription.outstanding).toHaveLength(16);
  });
});

describe('refused', () => {
  test('a list is denied by its version, a resource by its content', () => {
    expect([...refused(sent(opened('cluster'), '1', 'a=1'), '1').denied]).toEqual(['v1']);
    expect([...refused(sent(opened('route', 'a'), '1', 'a=1'), '1').denied]).toEqual(['a@a-1']);
  });

  test('a batch makes suspects that are due again', () => {
    const subscription = refused(sent(opened('endpoint', 'a', 'b'), '1', 'a=1', 'b=1'), '1');
    expect([subscription.denied.size, subscription.sent.size]).toEqual([0, 0]);
    expect([...subscription.suspects]).toEqual(['a@a-1', 'b@b-1']);
  });

  test('the good part of a list runs, the culprit runs as before', () => {
    const first = withAck(sent(opened('cluster'), '1', 'a=1', 'old=1'), '1');
    const second = sent(first, '2', 'a=bad', 'b=1', 'new=bad');
    const error = 'Error adding/updating cluster(s) a: x, new: y';
    expect(refused(second, '2', error).accepted).toEqual(new Map(Object.entries({ a: 'a-1', b: 'b-1' })));
  });
});
