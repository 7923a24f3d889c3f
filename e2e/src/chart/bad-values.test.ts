import { describe, expect, test } from '@jest/globals';

import { render } from './render.ts';
import { findChartTools } from './tools.ts';

const tools = findChartTools(process.env);

/** What is given with --set, and the part of the message that says where and why. */
const cases: readonly (readonly [string, string])[] = [
  ['controlPlane.replicas=0', "at '/controlPlane/replicas': minimum: got 0, want 1"],
  ['extAuthz.replica=3', "at '/extAuthz': additional properties 'replica' not allowed"],
  ['redis.mode=embedded', "at '/redis/mode': value must be one of 'trial', 'external', 'none'"],
  ['extAuthz.image.digest=latest', "at '/extAuthz/image/digest': 'latest' does not match pattern"],
  ['logLevel=loud', "at '/logLevel': value must be one of 'trace', 'debug'"],
  ['edge.service.port=99999', "at '/edge/service/port': maximum: got 99,999, want 65,535"],
  ['edge.service.type=Public', "at '/edge/service/type': value must be one of 'ClusterIP'"],
  [
    'rateLimiter.resources.requests.cpu=lots',
    "at '/rateLimiter/resources/requests/cpu': 'lots' does not match",
  ],
  ['policies.files.limits\\.txt=x', "at '/policies/files': additional properties 'limits.txt' not allowed"],
  ['redis.mode=external,redis.url=http://r:6379', "at '/redis/url': 'http://r:6379' does not match pattern"],
  ['networkPolicy.enabled=often', "at '/networkPolicy/enabled': got string, want boolean"],
  ['redis.mode=external,redis.cidrs[0]=10.0.0.1', "at '/redis/cidrs/0': '10.0.0.1' does not match pattern"],
  [
    'redis.mode=external',
    'redis.mode is external: give redis.existingSecret (a Secret with the key url) or redis.url',
  ],
  [
    'redis.existingSecret=r',
    'redis.url and redis.existingSecret are for redis.mode external, which is trial',
  ],
  [
    'redis.mode=none',
    "replicas would not know each other's nonces and counts, so extAuthz.replicas must be 1",
  ],
  ['edge.autoscaling.maxReplicas=1', 'edge.autoscaling.maxReplicas must not be less than minReplicas'],
];

(tools === undefined ? describe.skip : describe)('bad values are refused (needs helm)', () => {
  test.each(cases)('--set %s', (given, message) => {
    expect(() => render(tools?.helm ?? '', [], ['--set', given])).toThrow(message);
  });
});
