import { describe, expect, test } from '@jest/globals';

import { ANSWER_DEADLINE_MS } from '../phases.ts';
import { driveSotw } from '../testing/sotw-client.ts';
import { brief, only, snapshot } from '../testing/words.ts';

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

  test('of a listener is tried once more with each new state, for a port may be free by then', () => {
    const driver = driveSotw(snapshot('l:x=1'));
    const first = only(driver.request('listener'));
    driver.request('listener', { nonce: first.nonce });
    const refuse = (nonce: string) =>
      driver.request('listener', { nonce, version: first.version, error: 'cannot bind' });
    const second = only(driver.publish(snapshot('l:x=2')));
    expect([refuse(second.nonce), driver.advance(10 * ANSWER_DEADLINE_MS)]).toEqual([[], []]);
    const third = only(driver.publish(snapshot('l:x=2 c:a=1')));
    expect(brief([third])).toEqual(['listener[x=2]']);
    expect([refuse(third.nonce), driver.advance(10 * ANSWER_DEADLINE_MS)]).toEqual([[], []]);
    const fourth = only(driver.publish(snapshot('l:x=2')));
    driver.request('listener', { nonce: fourth.nonce });
    expect(driver.events.at(-1)?.kind).toBe('synced');
    expect(driver.publish(snapshot('l:x=2 c:a=1'))).toEqual([]);
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
