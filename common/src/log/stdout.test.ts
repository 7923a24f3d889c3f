import { PassThrough } from 'node:stream';

import { describe, expect, test } from '@jest/globals';

import { createLogger } from './index.ts';
import { pipeDestination } from './stdout.ts';

describe('a log into a pipe', () => {
  test('whose reader stands still goes on, in bounded memory', () => {
    const pipe = new PassThrough();
    const log = createLogger({ service: 'test', destination: pipeDestination(pipe) });
    for (let index = 0; index < 20_000; index += 1) log.info('x'.repeat(200));
    expect(pipe.writableLength).toBeGreaterThan(1_000_000);
    expect(pipe.writableLength).toBeLessThan(1_100_000);
  });

  test('whose reader went away goes on', () => {
    const pipe = new PassThrough();
    const log = createLogger({ service: 'test', destination: pipeDestination(pipe) });
    pipe.destroy(new Error('EPIPE'));
    expect(() => log.info('line')).not.toThrow();
  });

  test('has one listener, however many logs write to it', () => {
    const pipe = new PassThrough();
    for (let index = 0; index < 3; index += 1) pipeDestination(pipe);
    expect(pipe.listenerCount('error')).toBe(1);
  });
});
