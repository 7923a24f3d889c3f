import { format, inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { createLogger } from '../log/index.ts';
import { Secret } from './index.ts';

const TEXT = 'hunter2hunter2';
const FORMS = [TEXT, Buffer.from(TEXT).toString('base64'), Buffer.from(TEXT).toString('hex'), '104,117,110'];

function logged(value: Secret): string {
  const lines: string[] = [];
  const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  log.info({ key: value, nested: { list: [value] } }, 'with %s and %o', value, value);
  return lines.join('');
}

describe('Secret', () => {
  const secret = new Secret(Buffer.from(TEXT));

  test.each<[string, () => string]>([
    ['toString', () => secret.toString()],
    ['String()', () => String(secret)],
    ['a template', () => `key=${String(secret)}`],
    ['concatenation', () => 'key='.concat(secret as unknown as string)],
    ['join', () => [secret, secret].join(',')],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspection', () => inspect(secret)],
    [
      'inspection with everything shown',
      () => inspect({ secret }, { showHidden: true, depth: null, customInspect: false }),
    ],
    ['format', () => format('%s %j %o %O', secret, secret, secret, secret)],
    ['its own properties', () => JSON.stringify([Reflect.ownKeys(secret), Object.assign({}, secret)])],
    ['an error message', () => new Error(`no such key ${String(secret)}`, { cause: secret }).message],
    ['a log line', () => logged(secret)],
  ])('is not in %s', (_, print) => {
    const text = print();
    for (const form of FORMS) expect(text).not.toContain(form);
  });

  test.each([
    ['text', String(secret)],
    ['JSON', JSON.parse(JSON.stringify(secret)) as string],
    ['inspection', inspect(secret)],
  ])('says [redacted] as %s', (_, text) => {
    expect(text).toBe('[redacted]');
  });

  test('reveals its bytes to who asks, whatever became of the given ones', () => {
    const given = Buffer.from(TEXT);
    const kept = new Secret(given);
    given.fill(0);
    expect(kept.reveal().toString()).toBe(TEXT);
  });
});
