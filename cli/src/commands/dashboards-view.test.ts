import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '@paymesh/common/testing';

import { type FakePrometheus, recorded, startFakePrometheus } from '../board-view/testing/fake-prometheus.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-view-'));
const board = join(folder, 'board.json');
writeFileSync(
  board,
  JSON.stringify({
    title: 'Jobs',
    templating: { list: [{ type: 'query', name: 'job', query: 'label_values(up, job)' }] },
    panels: [
      { type: 'timeseries', title: 'Up', targets: [{ expr: 'up{job="$job"}', legendFormat: '{{job}}' }] },
    ],
  }),
);

/** Runs the built command, as a user does; the fake answers in this process meanwhile. */
async function view(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), 'dashboards', 'view', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, out, err };
}

describe('paymesh dashboards view', () => {
  let fake: FakePrometheus;
  let url: string;

  beforeAll(async () => {
    fake = await startFakePrometheus(({ path, parameters }) => {
      if (path.startsWith('label/')) return recorded('label-values');
      return recorded(parameters.get('query')?.includes('refuse') === true ? 'refused' : 'matrix');
    });
    url = fake.url.href;
  });

  afterAll(async () => {
    await fake.close();
    rmSync(folder, { recursive: true });
  });

  test('writes one page, and asks what Grafana would ask', async () => {
    const out = join(folder, 'page.html');
    const range = ['--from', '1795742665', '--to', '1795742685', '--step', '5s'];
    const ran = await view(board, '--prometheus', url, ...range, '--out', out);
    expect(ran).toEqual({ status: 0, out: `${out}\n`, err: '' });
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('<h1>Jobs</h1>');
    expect(page).toContain('2026-11-27 01:24:25 to 2026-11-27 01:24:45 UTC, every 5s');
    expect(fake.questions.map(({ path, parameters }) => [path, parameters.get('query')])).toEqual([
      ['label/job/values', null],
      ['query_range', 'up{job="self"}'],
    ]);
  });

  test('prints the data for machines', async () => {
    const range = ['--from', '1795742665', '--to', '1795742685', '--step', '5s'];
    const ran = await view(board, '--prometheus', url, ...range, '--var', 'job=other', '--json');
    expect({ status: ran.status, err: ran.err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({
      ...{ schemaVersion: 1, title: 'Jobs', stepSeconds: 5 },
      times: [1_795_742_665, 1_795_742_670, 1_795_742_675, 1_795_742_680, 1_795_742_685],
      panels: [
        {
          ...{ title: 'Up', type: 'timeseries', problems: [], leftOut: 0 },
          series: [{ name: 'self', labels: { job: 'self' }, values: [1, 1, 1, 1, 1] }],
        },
      ],
    });
    expect(fake.questions.at(-1)?.parameters.get('query')).toBe('up{job="other"}');
  });

  test('draws a board of the policies by its name', async () => {
    const { status, out, err } = await view('control-plane', '--prometheus', url, '--out', '-');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('<h1>Paymesh / Control plane</h1>');
  });

  test('tells what a query was refused for, draws the rest and ends with 1', async () => {
    const file = join(folder, 'half.json');
    const panel = (title: string): object => ({ type: 'stat', title, targets: [{ expr: title }] });
    writeFileSync(file, JSON.stringify({ panels: [panel('good'), panel('refuse')] }));
    const { status, out, err } = await view(file, '--prometheus', url, '--out', '-');
    expect({ status, err }).toEqual({
      status: 1,
      err: 'paymesh: refuse: 1:5: parse error: unclosed left parenthesis\n',
    });
    expect(out.match(/data-state="\w+"/g)).toEqual(['data-state="drawn"', 'data-state="problem"']);
  });

  test.each<[number, string, readonly string[]]>([
    [3, 'no board "overveiw", did you mean "overview"? There are overview, payments, ', ['overveiw']],
    [3, '--from: expected now, now-1h, an RFC 3339 time', [board, '--from', '1hour']],
    [3, '--step: expected a duration', [board, '--step', 'fast']],
    [3, 'expected a duration of a second or more, such as 15s', [board, '--scrape-interval', '15']],
    [3, '--var: the board has no variable "jbo": did you mean "job"?', [board, '--var', 'jbo=a']],
    [3, 'expected NAME=VALUE', [board, '--var', 'job']],
    [3, 'expected a URL such as http://127.0.0.1:9090', [board, '--prometheus', 'localhost:9090']],
    [3, 'no credentials in a URL: use --token-file', [board, '--prometheus', 'http://a:b@localhost']],
    [1, 'no such file', ['./nowhere.json']],
    [1, 'package.json cannot be drawn: it has no "panels"', ['./package.json']],
  ])('ends with %i and says %s', async (status, message, args) => {
    const ran = await view(...args, '--out', join(folder, 'never.html'));
    expect({ status: ran.status, out: ran.out }).toEqual({ status, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('a:b');
  });

  test('ends with 4 when no Prometheus is there, and names it', async () => {
    const port = await freePort();
    const { status, err } = await view('overview', '--prometheus', `http://127.0.0.1:${port}`);
    expect(status).toBe(4);
    expect(err).toBe(
      `paymesh: no Prometheus answers on http://127.0.0.1:${port}/ (connect ECONNREFUSED 127.0.0.1:${port}): name one with --prometheus URL\n`,
    );
  });

  test('--help has examples', async () => {
    const { status, out } = await view('--help');
    expect(status).toBe(0);
    expect(out).toContain('npx paymesh dashboards view overview');
  });
});
