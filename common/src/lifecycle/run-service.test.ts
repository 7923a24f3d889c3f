import { EventEmitter } from 'node:events';

import { describe, expect, test } from '@jest/globals';

import { createLogger } from '../log/index.ts';
import { eventually } from '../testing/index.ts';
import { type Running, runService } from './index.ts';

/** A process that only notes how it was asked to exit, and the log lines of the service in it. */
function fakeProcess() {
  const events = new EventEmitter();
  const exits: number[] = [];
  const lines: Record<string, unknown>[] = [];
  const host = {
    pid: 7,
    once: events.once.bind(events),
    on: events.on.bind(events),
    exit: (code: number) => void exits.push(code),
  };
  const log = createLogger({
    service: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  return { events, exits, lines, messages: () => lines.map(({ msg }) => msg), options: { host, log } };
}

const never = new Promise<never>(() => undefined);

function running(stop: () => Promise<void> = async () => undefined): () => Promise<Running> {
  return async () => ({ addresses: { listen: '127.0.0.1:1', admin: '127.0.0.1:2' }, stop });
}

describe('runService', () => {
  test('prints one ready line with the addresses and the pid', async () => {
    const { lines, options, exits } = fakeProcess();
    void runService({ ...options, start: running() });
    await eventually(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ msg: 'ready', listen: '127.0.0.1:1', admin: '127.0.0.1:2', pid: 7 });
    expect(exits).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'])('%s stops the service and exits 0', async (name) => {
    const { events, exits, messages, options } = fakeProcess();
    let stops = 0;
    const done = runService({
      ...options,
      start: running(async () => {
        stops += 1;
      }),
    });
    await eventually(() => expect(messages()).toContain('ready'));
    events.emit(name, name);
    await done;
    expect({ exits, stops, messages: messages() }).toEqual({
      exits: [0],
      stops: 1,
      messages: ['ready', 'stopping', 'stopped'],
    });
  });

  test('a signal while it starts stops it once it has started', async () => {
    const { events, exits, options } = fakeProcess();
    let finishStart: (service: Running) => void = () => undefined;
    const done = runService({
      ...options,
      start: () =>
        new Promise<Running>((resolve) => {
          finishStart = resolve;
        }),
    });
    events.emit('SIGTERM', 'SIGTERM');
    finishStart(await running()());
    await done;
    expect(exits).toEqual([0]);
  });

  test('a start that fails exits 1 and says why', async () => {
    const { exits, lines, options } = fakeProcess();
    await runService({ ...options, start: () => Promise.reject(new Error('port 1 is taken')) });
    expect(exits).toEqual([1]);
    expect(lines).toMatchObject([{ level: 'fatal', msg: 'could not start: port 1 is taken' }]);
  });

  test('a stop that fails exits 1 and says why', async () => {
    const { events, exits, lines, options } = fakeProcess();
    const done = runService({ ...options, start: running(() => Promise.reject(new Error('disk full'))) });
    events.emit('SIGTERM', 'SIGTERM');
    await done;
    expect(exits).toEqual([1]);
    expect(lines.at(-1)).toMatchObject({ level: 'fatal', msg: 'could not stop cleanly: disk full' });
  });

  test('a stop that takes too long exits 1', async () => {
    const { events, exits, lines, options } = fakeProcess();
    void runService({ ...options, graceMs: 1, start: running(() => never) });
    events.emit('SIGTERM', 'SIGTERM');
    await eventually(() => expect(exits).toEqual([1]));
    expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'did not stop in time', graceMs: 1 });
  });

  test.each([
    ['uncaughtException', new Error('boom'), 'uncaught error: boom'],
    ['unhandledRejection', 'boom', 'unhandled rejection: boom'],
  ])('%s exits 1 with a fatal line', (event, error, message) => {
    const { events, exits, lines, options } = fakeProcess();
    void runService({ ...options, start: () => never });
    events.emit(event, error);
    expect(exits).toEqual([1]);
    expect(lines).toMatchObject([{ level: 'fatal', msg: message }]);
  });
});
