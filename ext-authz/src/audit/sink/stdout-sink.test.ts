import { PassThrough } from 'node:stream';

import { describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { createQueuedSink } from './queued-sink.ts';
import { streamTarget } from './stdout-sink.ts';

function start() {
  const stream = new PassThrough({ highWaterMark: 4_096 });
  const troubles: (string | undefined)[] = [];
  const sink = createQueuedSink({
    target: streamTarget(stream),
    maxQueueBytes: 100_000,
    flushMs: 100,
    onTrouble: (code) => troubles.push(code),
  });
  const fill = (): number => {
    let taken = 0;
    for (; sink.refusal() === undefined; taken += 1) sink.push(`line ${taken} `.padEnd(1_000, '.'));
    return taken;
  };
  return { stream, sink, troubles, fill };
}

describe('a stream', () => {
  test('whose reader stands still stops nothing: lines wait, then are refused, and closing takes no long', async () => {
    const { sink, troubles, fill } = start();
    const taken = fill();
    expect([sink.refusal(), troubles]).toEqual(['queue_full', []]);
    const startedMs = performance.now();
    const lost = await sink.close();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(lost.lines).toBeGreaterThan(taken - 10);
  });

  test('gets whole lines, no more at once than a pipe takes whole', async () => {
    const { stream, sink, fill } = start();
    const taken = fill();
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    expect(await sink.close()).toMatchObject({ lines: 0 });
    expect(Math.max(...chunks.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(4_096);
    for (const chunk of chunks) expect(chunk.at(-1)).toBe(0x0a);
    expect(Buffer.concat(chunks).toString().trimEnd().split('\n')).toHaveLength(taken);
  });

  test('whose reader went away ends nothing', async () => {
    const { stream, sink, troubles } = start();
    stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    sink.push('line');
    await eventually(() => expect(troubles).toEqual(['ERR_STREAM_DESTROYED']));
    expect(await sink.close()).toEqual({ lines: 1, cause: 'write_error' });
  });
});
