import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a MeshDefaults', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a second document',
      {
        zz: shortDocument(
          'MeshDefaults',
          'pay/other',
          '{controlPlane: {listen: "127.0.0.1:1", admin: "127.0.0.1:2"}, extAuthz: {endpoints: ["127.0.0.1:3"], admin: "127.0.0.1:4"}, rateLimiter: {endpoints: ["127.0.0.1:5"], admin: "127.0.0.1:6"}}',
        ),
      },
      [
        'zz.yaml:3:18 PM3008 metadata.name: expected one MeshDefaults in all files; got a second; the first stands at defaults.yaml:1:1',
      ],
    ],
    [
      'none at all',
      { defaults: '' },
      [
        'edge.yaml:1:1 PM3008 : expected one MeshDefaults in all files: it says where this proxy finds the control plane; got none',
      ],
    ],
    [
      'only its own mistake when it has one',
      { defaults: shortDocument('MeshDefaults', 'default/default', '{controlPlane: {}}') },
      [
        'defaults.yaml:4:22 PM1203 spec.controlPlane: expected the key "listen": HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000; got no such key',
        'defaults.yaml:4:22 PM1203 spec.controlPlane: expected the key "admin": HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000; got no such key',
      ],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });
});
