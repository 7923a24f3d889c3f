import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a Service', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a service without an instance',
      { empty: shortDocument('Service', 'pay/empty', '{}') },
      [
        'empty.yaml:3:18 PM3006 metadata.name: expected at least one Workload with service pay/empty; got none',
      ],
    ],
    [
      'nothing when a workload with errors may be the instance',
      {
        empty: shortDocument('Service', 'pay/empty', '{}'),
        w: shortDocument(
          'Workload',
          'pay/empty-1',
          '{service: empty, port: 99999, proxy: {inbound: 1, outbound: 2, admin: 3}}',
        ),
      },
      ['w.yaml:4:30 PM2102 spec.port: expected a whole number from 1 to 65535; got 99999'],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });
});
