import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a FailoverPolicy', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'an order that begins elsewhere',
      {
        p: shortDocument(
          'FailoverPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], order: [{service: psp/wechat}, {service: payments}], onlyIf: request-not-sent}',
        ),
      },
      [
        'p.yaml:4:69 PM4005 spec.order[0].service: expected pay/payments first, the service of route pay/charge; got psp/wechat',
      ],
    ],
    [
      'a service that is in another namespace',
      {
        p: shortDocument(
          'FailoverPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], order: [{service: payments}, {service: wechat}], onlyIf: request-not-sent}',
        ),
      },
      [
        'p.yaml:4:90 PM3001 spec.order[1].service: expected the name of a Service; looked for it in namespace pay; got "wechat", which is not there (namespace psp has one of that name)',
      ],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });
});
