import { describe, expect, test } from '@jest/globals';

import { parseRedisUrl } from './index.ts';

const HERE = { host: '127.0.0.1', port: 6_379 };

describe('parseRedisUrl', () => {
  test.each([
    ['redis://127.0.0.1', { kind: 'single', nodes: [HERE], database: 0, isTls: false }],
    ['redis://127.0.0.1:6379/', { kind: 'single', nodes: [HERE], database: 0, isTls: false }],
    [
      'rediss://ann:p%40ss%3A@[::1]:7000/3?servername=redis.internal',
      {
        kind: 'single',
        nodes: [{ host: '::1', port: 7_000 }],
        database: 3,
        isTls: true,
        username: 'ann',
        password: 'p@ss:',
        servername: 'redis.internal',
      },
    ],
    [
      'redis+sentinel://:pw@a,b:26380/main?sentinelPassword=s%26',
      {
        kind: 'sentinel',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_380 },
        ],
        name: 'main',
        database: 0,
        isTls: false,
        password: 'pw',
        sentinelPassword: 's&',
      },
    ],
    [
      'rediss+sentinel://s/main/2?sentinelUsername=u&sentinelPassword=p',
      {
        kind: 'sentinel',
        nodes: [{ host: 's', port: 26_379 }],
        name: 'main',
        database: 2,
        isTls: true,
        sentinelUsername: 'u',
        sentinelPassword: 'p',
      },
    ],
    [
      'rediss+cluster://u:p@a:1,[::1]',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: '::1', port: 6_379 },
        ],
        isTls: true,
        username: 'u',
        password: 'p',
      },
    ],
  ])('reads %s', (text, target) => {
    expect(parseRedisUrl(text)).toEqual({ kind: 'target', target });
  });

  test.each([
    ['', 'The forms:'],
    ['http://:hunter2@h', 'The forms:'],
    ['127.0.0.1:6379', 'such as redis://127.0.0.1:6379'],
    ['redis://', 'The forms:'],
    ['redis+other://h', 'The forms:'],
    ['redis://h#hunter2', 'The forms:'],
    ['redis://:hunter2@hunter2@h', '@ : / ? # % as %40'],
    ['redis://:hunter2/hunter2@h', '@ : / ? # % as %40'],
    ['redis://:hunter2#hunter2@h', '@ : / ? # % as %40'],
    ['redis://:hunter2%zz@h', 'write "%" itself as %25'],
    ['redis://hunter2@h', 'USER:PASSWORD@ or :PASSWORD@'],
    ['redis://ann:@h', 'USER:PASSWORD@ or :PASSWORD@'],
    ['redis://:hunter2', 'HOST or HOST:PORT'],
    ['redis://h:0', 'a port from 1 to 65535'],
    ['redis://h:70000', 'a port from 1 to 65535'],
    ['redis+cluster://a,,b', 'commas between several'],
    ['redis://a,b', 'redis+sentinel://HOSTS/NAME or redis+cluster://HOSTS'],
    ['redis://h/hunter2', 'a database from 0'],
    ['redis+sentinel://a:1', 'name the master'],
    ['redis+sentinel://a/main/1/2', 'name the master'],
    ['redis+sentinel://a/main/hunter2', 'a database from 0'],
    ['redis+cluster://a/1', 'a cluster has no databases'],
    ['redis://h?servername=x', 'goes nothing'],
    ['rediss://:p?hunter2@h', '@ : / ? # % as %40'],
    ['rediss://h?hunter2=hunter2', 'goes servername=...'],
    ['rediss://h?servername=a&servername=b', 'each once'],
    ['redis+sentinel://a/m?password=hunter2', 'sentinelUsername=..., sentinelPassword=...'],
    [`redis+cluster://${'a,'.repeat(100)}a`, 'at most 100 hosts'],
  ])('refuses "%s", says what to do and repeats nothing', (text, sentence) => {
    const parsed = parseRedisUrl(text);
    expect(parsed).toMatchObject({ kind: 'error', message: expect.stringContaining(sentence) });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
