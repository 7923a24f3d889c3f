import type { ServerResponse } from 'node:http';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createPrometheus, type Prometheus } from './prometheus.ts';
import {
  type FakePrometheus,
  type Question,
  RECORDED_RANGE,
  recorded,
  startFakePrometheus,
} from './testing/fake-prometheus.ts';

let fake: FakePrometheus | undefined;

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

async function answering(
  answer: (question: Question, response: ServerResponse) => string | undefined,
  options: { readonly timeoutMs?: number; readonly maxBytes?: number; readonly token?: string } = {},
): Promise<Prometheus> {
  fake = await startFakePrometheus(answer);
  const { signal } = new AbortController();
  return createPrometheus({ url: fake.url, token: undefined, signal, ...options });
}

describe('a Prometheus', () => {
  test('is asked for a range by a form, with its own deadline', async () => {
    const prometheus = await answering(() => recorded('matrix'), { token: 'a-token-of-16-chars' });
    const [series] = await prometheus.queryRange('up', RECORDED_RANGE);
    expect(series?.labels).toEqual({ __name__: 'up', instance: '127.0.0.1:29990', job: 'self' });
    expect(series?.samples).toHaveLength(5);
    expect(series?.samples[0]).toEqual([1_795_742_665, '1']);
    const [question] = fake?.questions ?? [];
    expect(question?.authorization).toBe('Bearer a-token-of-16-chars');
    expect(Object.fromEntries(question?.parameters ?? [])).toEqual({
      query: 'up',
      start: '1795742665',
      end: '1795742685',
      step: '5',
      timeout: '15',
    });
  });

  test('is asked for a moment: a vector and a scalar are series of one sample', async () => {
    const prometheus = await answering(({ parameters }) =>
      recorded(parameters.get('query') === 'scalar(up)' ? 'scalar' : 'vector'),
    );
    expect(await prometheus.query('scalar(up)', RECORDED_RANGE.endMs)).toEqual([
      { labels: {}, samples: [[1_795_742_685, '1']] },
    ]);
    const vector = await prometheus.query('topk(2, prometheus_http_requests_total)', RECORDED_RANGE.endMs);
    expect(vector.map(({ labels, samples }) => [labels['handler'], samples])).toEqual([
      ['/metrics', [[1_795_742_685, '91']]],
      ['/api/v1/query_range', [[1_795_742_685, '5']]],
    ]);
  });

  test('is asked for values of a label', async () => {
    const prometheus = await answering(() => recorded('label-values'));
    expect(await prometheus.labelValues('job', 'up{a="b"}', RECORDED_RANGE)).toEqual(['self']);
    expect(fake?.questions[0]?.path).toBe('label/job/values');
    expect(fake?.questions[0]?.parameters.get('match[]')).toBe('up{a="b"}');
  });
});

describe('who is no good Prometheus', () => {
  test.each<[string, string, string, (question: Question, response: ServerResponse) => string | undefined]>([
    ['refuses an expression', 'refused', 'unclosed left parenthesis', () => recorded('refused')],
    [
      'answers HTML',
      'not-prometheus',
      'it answered 200, and not as a Prometheus',
      () => '<html>Login</html>',
    ],
    ['answers other JSON', 'not-prometheus', 'it answered 200', () => '{"ok":true}'],
    ['answers too much', 'too-large', 'larger than 1 MiB', () => `"${'x'.repeat(2_000_000)}"`],
    ['never answers', 'timeout', 'no answer within 0.2 s', () => undefined],
    [
      'stops in the middle',
      'timeout',
      'no answer within 0.2 s',
      (_, response) => {
        response.write('{"status":');
        return undefined;
      },
    ],
    [
      'hangs up',
      'unreachable',
      'other side closed',
      (_, response) => {
        response.destroy();
        return undefined;
      },
    ],
  ])('%s: %s', async (_, code, message, answer) => {
    // Only who is waited for in vain is waited for shortly: a busy machine may answer late.
    const short = code === 'timeout' ? { timeoutMs: 200 } : {};
    const prometheus = await answering(answer, { maxBytes: 1_048_576, ...short });
    const asked = prometheus.queryRange('sum(', RECORDED_RANGE);
    await expect(asked).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('is not there: unreachable, with what the system says', async () => {
    const prometheus = await answering(() => '');
    await fake?.close();
    await expect(prometheus.query('up', 0)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
