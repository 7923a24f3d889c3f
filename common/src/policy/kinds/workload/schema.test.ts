import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('Workload', () => {
  test('a port of the proxy that is not named is the usual one', () => {
    expect(
      parseSpec('Workload', lines('service: a', 'port: 1', 'proxy: {inbound: 2, outbound: 3}')),
    ).toMatchObject({
      adminPort: 15_000,
      proxy: { inbound: 2, outbound: 3 },
    });
  });

  test('an instance with an address of its own needs to name no ports of its proxy', () => {
    expect(
      parseSpec('Workload', lines('service: payment', 'address: 10.0.0.11', 'port: 8080')),
    ).toMatchObject({
      adminPort: 15_000,
      proxy: { inbound: 15_006, outbound: 15_001 },
    });
  });

  test.each([
    [
      'an instance with the defaults',
      lines('service: payments', 'port: 22010', 'proxy: {inbound: 22011, outbound: 22012, admin: 22013}'),
      {
        kind: 'instance',
        address: '127.0.0.1',
        locality: { region: 'default', zone: 'default' },
        port: 22010,
        service: { namespace: 'pay', name: 'payments' },
        weight: 1,
        metadata: {},
        proxy: { inbound: 22011, outbound: 22012 },
        adminPort: 22013,
      },
    ],
    [
      'an instance with everything',
      lines(
        'service: psp/wechat',
        'address: "::1"',
        'port: 1',
        'locality: {region: cn-east, zone: b}',
        'weight: 7',
        'metadata: {version: v1}',
        'proxy: {inbound: 2, outbound: 3, admin: 4}',
      ),
      {
        kind: 'instance',
        address: '::1',
        locality: { region: 'cn-east', zone: 'b' },
        port: 1,
        service: { namespace: 'psp', name: 'wechat' },
        weight: 7,
        metadata: { version: 'v1' },
        proxy: { inbound: 2, outbound: 3 },
        adminPort: 4,
      },
    ],
    [
      'a gateway',
      lines('gateway: edge', 'address: 10.0.0.1', 'port: 10000', 'proxy: {admin: 10001}'),
      {
        kind: 'gateway',
        address: '10.0.0.1',
        locality: { region: 'default', zone: 'default' },
        port: 10000,
        gateway: 'edge',
        adminPort: 10001,
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('Workload', spec)).toEqual(expected);
  });

  test.each([
    [
      'neither a service nor a gateway',
      lines('port: 1', 'proxy: {admin: 2}'),
      [
        'p.yaml:5:3 PM1204 spec: expected a map with exactly one of the keys service, gateway; got none of them',
      ],
    ],
    [
      'both a service and a gateway',
      lines('service: a', 'gateway: b', 'port: 1', 'proxy: {admin: 2}'),
      [
        'p.yaml:6:3 PM1204 spec: expected a map with exactly one of the keys service, gateway; got both service and gateway',
      ],
    ],
    [
      'a misspelt service',
      lines('servce: payments', 'port: 1', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      [
        'p.yaml:5:3 PM1202 spec.servce: expected one of the keys address, locality, port, service, weight, metadata, proxy; got "servce" (did you mean "service"?)',
      ],
    ],
    [
      'an address that is neither',
      lines('service: a', 'address: local host', 'port: 1', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      [
        'p.yaml:6:12 PM2108 spec.address: expected an IP address such as 127.0.0.1, or a host name; got "local host"',
      ],
    ],
    [
      'an address out of range',
      lines('service: a', 'address: 10.0.0.256', 'port: 1', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      [
        'p.yaml:6:12 PM2108 spec.address: expected an IP address such as 127.0.0.1, or a host name; got "10.0.0.256"',
      ],
    ],
    [
      'an address with a leading zero, which Envoy refuses',
      lines('service: a', 'address: 10.0.0.01', 'port: 1', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      [
        'p.yaml:6:12 PM2108 spec.address: expected an IP address such as 127.0.0.1, or a host name; got "10.0.0.01"',
      ],
    ],
    [
      'a port out of range',
      lines('service: a', 'port: 70000', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      ['p.yaml:6:9 PM2102 spec.port: expected a whole number from 1 to 65535; got 70000'],
    ],
    [
      'a weight of nothing',
      lines('service: a', 'port: 1', 'weight: 0', 'proxy: {inbound: 2, outbound: 3, admin: 4}'),
      ['p.yaml:7:11 PM2102 spec.weight: expected a whole number from 1 to 128; got 0'],
    ],
    [
      'a number as metadata',
      lines(
        'service: a',
        'port: 1',
        'metadata: {version: 1.10}',
        'proxy: {inbound: 2, outbound: 3, admin: 4}',
      ),
      [
        'p.yaml:7:23 PM1201 spec.metadata.version: expected text of at most 256 characters; got 1.10 (write it in quotes: "1.10")',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('Workload', spec)).toEqual(expected);
  });
});
