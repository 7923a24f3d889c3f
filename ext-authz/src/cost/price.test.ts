import { describe, expect, test } from '@jest/globals';

import { type Message, messageOf } from '../message/index.ts';
import { price } from './index.ts';

const LIMIT = 'pay/limits/day';
const inBody = JSON.stringify([{ limit: LIMIT, body: ['amount', 'value'], max: 5_000 }]);
const inHeader = JSON.stringify([{ limit: LIMIT, header: 'x-amount', max: 5_000 }]);

function message(body: string | Uint8Array, headers: readonly (readonly [string, string])[] = []): Message {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const target = '/v1/payments';
  return messageOf({ policy: '', method: 'POST', scheme: '', authority: '', target, headers, body: bytes });
}

const told = (amount: string) => ({ kind: 'told', costs: { [`cost.${LIMIT}`]: amount } });
const refused = (reason: string) => ({ kind: 'refused', reason });

describe('the amount in a JSON body', () => {
  test.each([
    ['{"amount":{"value":1234}}', '1234'],
    ['{"amount":{"value":"1234","currency":"CNY"}}', '1234'],
    ['{"amount":{"value":0}}', '0'],
    ['{"amount":{"value":5000}}', '5000'],
    ['{"amount":{"value":5e3}}', '5000'],
    ['{"x":[1,{"amount":7}],"amount":{"value":1}}', '1'],
  ])('%s', (body, amount) => {
    expect(price(message(body), inBody)).toEqual(told(amount));
  });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    '{"amount":5}',
    '{"amount":null}',
    '{"amount":{}}',
    '{"amount":[{"value":5}]}',
    '{"amount":{"value":null}}',
    '{"amount":{"value":-1}}',
    '{"amount":{"value":1.5}}',
    '{"amount":{"value":5001}}',
    '{"amount":{"value":1e400}}',
    '{"amount":{"value":99999999999999999999}}',
    '{"amount":{"value":"-1"}}',
    '{"amount":{"value":"1.5"}}',
    '{"amount":{"value":" 1"}}',
    '{"amount":{"value":"0x1"}}',
    '{"amount":{"value":"1e3"}}',
    '{"amount":{"value":true}}',
    // Which of the two a service reads nobody knows.
    '{"amount":{"value":1,"value":4000}}',
    '{"amount":{"value":1},"amount":{"value":4000}}',
    '{"amount":{"value":1},"\\u0061mount":{"value":4000}}',
    '{"amount":{"value":1}} {"amount":{"value":4000}}',
    'amount[value]=5',
    `${'['.repeat(100)}${']'.repeat(100)}`,
  ])('refuses %j', (body) => {
    expect(price(message(body), inBody)).toEqual(refused('bad_amount'));
  });

  test('refuses bytes that are no UTF-8', () => {
    const bytes = Buffer.from([...Buffer.from('{"amount":{"value":1},"a":"'), 0xff, ...Buffer.from('"}')]);
    expect(price(message(bytes), inBody)).toEqual(refused('bad_amount'));
  });

  test.each([
    [{ kind: 'partial' }, 'partial_body'],
    [{ kind: 'withheld' }, 'body_unavailable'],
  ] as const)('refuses a body that is %j', (body, reason) => {
    expect(price({ ...message(''), body }, inBody)).toEqual(refused(reason));
  });

  test('no member of all objects is an amount', () => {
    const inProto = JSON.stringify([{ limit: LIMIT, body: ['__proto__', 'x'], max: 1 }]);
    expect(price(message('{}'), inProto)).toEqual(refused('bad_amount'));
  });
});

describe('the amount in a header', () => {
  test('one line of digits', () => {
    expect(price(message('', [['X-Amount', '77']]), inHeader)).toEqual(told('77'));
  });

  test.each([
    ['none', []],
    [
      'two lines',
      [
        ['x-amount', '1'],
        ['x-amount', '1'],
      ],
    ],
    ['two values', [['x-amount', '1,2']]],
    ['a sign', [['x-amount', '+1']]],
    ['too much', [['x-amount', '5001']]],
    ['nothing', [['x-amount', '']]],
  ] as const)('refuses %s', (_name, headers) => {
    expect(price(message('', headers), inHeader)).toEqual(refused('bad_amount'));
  });
});

describe('several limits', () => {
  test('each has its own, and one without refuses the request', () => {
    const both = JSON.stringify([
      { limit: 'a/b/c', header: 'x-amount', max: 9 },
      { limit: 'a/b/d', body: ['n'], max: 9 },
    ]);
    expect(price(message('{"n":2}', [['x-amount', '1']]), both)).toEqual({
      kind: 'told',
      costs: { 'cost.a/b/c': '1', 'cost.a/b/d': '2' },
    });
    expect(price(message('{"n":2}'), both)).toEqual(refused('bad_amount'));
  });

  test.each([
    '',
    '[]',
    '{}',
    'x',
    '[1]',
    '[{"limit":"a"}]',
    '[{"limit":"a","max":1}]',
    '[{"limit":"a","max":1,"body":[]}]',
    '[{"limit":"a","max":1,"body":[1]}]',
    '[{"limit":"a","max":1,"body":["x"],"header":"y"}]',
    '[{"limit":1,"max":1,"body":["x"]}]',
    '[{"limit":"a","max":"1","body":["x"]}]',
  ])('words that no control plane writes deny: %s', (text) => {
    expect(price(message('{}'), text)).toEqual(refused('malformed_check'));
  });
});
