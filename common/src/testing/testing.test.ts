import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { createFakeClock, eventually, freePort, inTime } from './index.ts';

describe('eventually', () => {
  test('gives the value of the first try that works', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
        return tries;
      },
      { everyMs: 1 },
    );
    expect(value).toBe(3);
  });

  test('waits for a promise, and tries again when it rejects', async () => {
    let tries = 0;
    const check = () => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
    };
    await expect(eventually(check, { everyMs: 1 })).resolves.toBe('done');
  });

  test('gives the last error after the timeout', async () => {
    let tries = 0;
    const check = () => {
      tries += 1;
      throw new Error(`try ${tries}`);
    };
    await expect(eventually(check, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow(/^try \d+$/);
    expect(tries).toBeGreaterThan(1);
  });

  test('tries at least once', async () => {
    await expect(eventually(() => 'at once', { timeoutMs: 0 })).resolves.toBe('at once');
  });
});

describe('inTime', () => {
  test('gives what the work gives, or its error', async () => {
    await expect(inTime(pause(1, 'done'), 1_000)).resolves.toBe('done');
    await expect(inTime(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
  });

  test('is late when the work is', async () => {
    await expect(inTime(pause(1_000, 'done', { ref: false }), 5)).resolves.toBe('late');
  });

  test('takes a halt of the whole process for none of the work', async () => {
    const done = inTime(pause(20, 'done'), 30);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    await expect(done).resolves.toBe('done');
  });
});

describe('createFakeClock', () => {
  test('stands still until it is moved, also back', () => {
    const clock = createFakeClock(1_000);
    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    clock.advance(500);
    expect(clock.now()).toBe(1_500);
    clock.advance(-600);
    expect(clock.now()).toBe(900);
  });
});

describe('freePort', () => {
  test('gives a port that nobody listens on', async () => {
    const port = await freePort();
    const refused = await new Promise<unknown>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => reject(new Error('somebody answered')));
      socket.once('error', resolve);
    });
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
