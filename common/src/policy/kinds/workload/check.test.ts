import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a Workload', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a service that is misspelt',
      {
        w: shortDocument(
          'Workload',
          'pay/w',
          '{service: payment, port: 40, proxy: {inbound: 41, outbound: 42, admin: 43}}',
        ),
      },
      [
        'w.yaml:4:17 PM3001 spec.service: expected the name of a Service; looked for it in namespace pay; got "payment", which is not there (did you mean "payments"?)',
      ],
    ],
    [
      'a service of another namespace',
      {
        w: shortDocument(
          'Workload',
          'pay/w',
          '{service: wechat, port: 40, proxy: {inbound: 41, outbound: 42, admin: 43}}',
        ),
      },
      [
        'w.yaml:4:17 PM3001 spec.service: expected the name of a Service; looked for it in namespace pay; got "wechat", which is not there (namespace psp has one of that name)',
      ],
    ],
    [
      'a node id twice, in different namespaces',
      {
        w: shortDocument(
          'Workload',
          'psp/payments-1',
          '{service: wechat, port: 40, proxy: {inbound: 41, outbound: 42, admin: 43}}',
        ),
      },
      [
        'w.yaml:3:18 PM3009 metadata.name: expected a name that no Workload of any namespace has: it is the node id of its proxy; got "payments-1", which also stands at instance.yaml:3:18',
      ],
    ],
    [
      'ports that others have',
      {
        w: shortDocument(
          'Workload',
          'pay/w',
          '{service: payments, port: 40, proxy: {inbound: 21, outbound: 42, admin: 3}}',
        ),
      },
      [
        'w.yaml:4:54 PM3003 spec.proxy.inbound: expected a port that nothing else of the mesh listens on at this address; got 127.0.0.1:21, which spec.proxy.inbound at instance.yaml:4:54 has',
        'w.yaml:4:79 PM3003 spec.proxy.admin: expected a port that nothing else of the mesh listens on at this address; got 127.0.0.1:3, which spec.extAuthz.endpoints[0] at defaults.yaml:4:92 has',
      ],
    ],
    [
      'a port twice in one workload',
      {
        w: shortDocument(
          'Workload',
          'pay/w',
          '{service: payments, port: 40, proxy: {inbound: 40, outbound: 42, admin: 43}}',
        ),
      },
      [
        'w.yaml:4:54 PM3003 spec.proxy.inbound: expected a port that nothing else of the mesh listens on at this address; got 127.0.0.1:40, which spec.port at w.yaml:4:33 has',
      ],
    ],
    [
      'nothing for the same port at another address',
      {
        w: shortDocument(
          'Workload',
          'pay/w',
          '{service: payments, address: 10.0.0.2, port: 20, proxy: {inbound: 21, outbound: 22, admin: 23}}',
        ),
      },
      [],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });
});
