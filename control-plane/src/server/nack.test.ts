import { describe, expect, test } from '@jest/globals';

import type { ResourceType } from '../snapshot/index.ts';
import { readRefusal, shorten } from './nack.ts';

function refusal(type: ResourceType, names: readonly string[], message: string) {
  const resources = new Map(names.map((name) => [name, '1']));
  return readRefusal(type, { nonce: '1', version: 'v', resources, sentAtMs: 0 }, message, 7);
}

const SECRET = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
const DUMP = `goo.gle/debugstr   \nname: "pay/a"\ninline_string: "${SECRET}"\nProto constraint validation failed (X.Y: Z)`;

describe('readRefusal', () => {
  test.each([
    ['one cluster', 'cluster', 'Error adding/updating cluster(s) pay/b: no EDS config', ['pay/b']],
    [
      'two clusters',
      'cluster',
      'Error adding/updating cluster(s) pay/a: x, pay/b: y: z, q',
      ['pay/a', 'pay/b'],
    ],
    ['a name with separators', 'cluster', 'Error adding/updating cluster(s) we, ird: x: bad', ['we, ird: x']],
    [
      'listeners, one a line',
      'listener',
      'Error adding/updating listener(s) pay/a: x\npay/b: y\n',
      ['pay/a', 'pay/b'],
    ],
    ['a dump that names a resource', 'route', DUMP, ['pay/a']],
    ['a dump of endpoints', 'endpoint', 'goo.gle/debugonly\ncluster_name: "pay/b"\n', ['pay/b']],
    ['a name with escapes', 'route', 'goo.gle/debugproto \nname: "q\\"r"\n', ['q"r']],
    ['a reason only', 'route', 'Only a single wildcard domain is permitted in route r', undefined],
    ['a dump without a name', 'endpoint', 'goo.gle/debugproto \nlocality { }\n', undefined],
    ['a name that was not sent', 'cluster', 'Error adding/updating cluster(s) other: x', undefined],
    ['nothing at all', 'cluster', '', undefined],
  ] as const)('%s', (_, type, message, expected) => {
    const names = ['pay/a', 'pay/b', 'we, ird: x', 'q"r'];
    expect(refusal(type, names, message).nack.names).toEqual(expected ?? names);
  });

  test('a semantic error of CDS leaves the good part applied, a dump does not', () => {
    const semantic = refusal('cluster', ['a', 'b'], 'Error adding/updating cluster(s) a: x');
    const rule = refusal('cluster', ['a', 'b'], DUMP);
    expect([semantic.isPartlyApplied, rule.isPartlyApplied]).toEqual([true, false]);
  });
});

describe('shorten', () => {
  test.each([
    ['cuts at the dump', `route: ${DUMP}`, 'route:'],
    ['says something when the dump comes first', DUMP, 'Proto constraint validation failed'],
    ['keeps a plain text', ' unknown cluster ', 'unknown cluster'],
    ['bounds a long text', 'x'.repeat(9_000), `${'x'.repeat(500)}...`],
  ])('%s', (_, message, expected) => {
    expect(shorten(message)).toBe(expected);
  });

  test('no secret of the resource is left in a refusal', () => {
    expect(JSON.stringify(refusal('cluster', ['pay/a'], DUMP))).not.toContain(SECRET);
  });
});
