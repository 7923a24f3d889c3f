import { describe, expect, test } from '@jest/globals';

import type { AdsEvent, Nack, SentResponse } from '../server/index.ts';
import { createProxyTable } from './proxies.ts';

const WHO = { stream: 1, node: 'edge' };

function response(version: string, ...names: string[]): SentResponse {
  return { nonce: version, version, resources: new Map(names.map((name) => [name, version])), sentAtMs: 0 };
}

function nack(type: Nack['type'], version: string, ...names: string[]): AdsEvent {
  return { ...WHO, kind: 'nack', nack: { type, nonce: version, version, names, message: 'no', atMs: 5 } };
}

function sent(type: Nack['type'], version: string, ...names: string[]): AdsEvent {
  return { ...WHO, kind: 'sent', type, response: response(version, ...names) };
}

function ack(type: Nack['type'], version: string, ...names: string[]): AdsEvent {
  return { ...WHO, kind: 'ack', type, response: response(version, ...names), latencyMs: 1 };
}

const OPEN: AdsEvent = { ...WHO, kind: 'open', atMs: 1 };

function after(...events: readonly AdsEvent[]) {
  const table = createProxyTable();
  for (const event of [OPEN, ...events]) table.observe(event);
  return table.streams()[0];
}

describe('createProxyTable', () => {
  test('keeps what was sent and what was accepted', () => {
    const stream = after(sent('cluster', '1', 'a'), ack('cluster', '1', 'a'), sent('cluster', '2', 'a'));
    expect(stream?.types.cluster).toEqual({ sent: '2', acked: '1', nacks: [], isLate: false });
  });

  test('keeps a refusal until content with a refused resource is accepted', () => {
    const refused = [sent('route', '1', 'in'), nack('route', '1', 'in')];
    expect(after(...refused, ack('route', '2', 'out'))?.types.route.nacks).toHaveLength(1);
    expect(after(...refused, ack('route', '2', 'in'))?.types.route.nacks).toEqual([]);
  });

  test('any accepted list of clusters mends, also one without the refused cluster', () => {
    expect(after(nack('cluster', '1', 'bad'), ack('cluster', '2', 'a'))?.types.cluster.nacks).toEqual([]);
  });

  test('keeps the newest of equal refusals', () => {
    const nacks = after(
      nack('listener', '1', 'in'),
      nack('listener', '1', 'in'),
      nack('listener', '2', 'in'),
    );
    expect(nacks?.types.listener.nacks.map(({ version }) => version)).toEqual(['1', '2']);
  });

  test('bounds refusals', () => {
    const many = Array.from({ length: 50 }, (_, index) => nack('route', String(index), 'in'));
    expect(after(...many)?.types.route.nacks).toHaveLength(16);
  });

  test('marks a proxy that does not answer, until it does', () => {
    const late: AdsEvent = { ...WHO, kind: 'late', type: 'cluster', response: response('1', 'a') };
    expect(after(late)?.types.cluster.isLate).toBe(true);
    expect(after(late, ack('cluster', '1', 'a'))?.types.cluster.isLate).toBe(false);
  });

  test('54: a closed stream does not take the other of its node with it', () => {
    const table = createProxyTable();
    table.observe(OPEN);
    table.observe({ ...OPEN, stream: 2 });
    table.observe({ ...WHO, kind: 'close', atMs: 2 });
    table.observe(ack('cluster', '1', 'a'));
    expect(table.streams().map(({ stream }) => stream)).toEqual([2]);
  });
});
