import { createSigner, type SignerOptions } from '@paymesh/ext-authz/client';

import type { SoakKey } from './keys.ts';
import { policyIdOf } from './policies.ts';
import type { Random } from './random.ts';
import type { BodyKind, Sender } from './senders.ts';
import type { Line, Shot } from './shot.ts';

export interface ShotOptions {
  readonly sender: Sender;
  readonly key: SoakKey;
  readonly random: Random;
  /** Number that no other message has; also that of its stream. */
  readonly serial: number;
  /** Unix milliseconds of its signature. */
  readonly signedMs: number;
}

const ORIGIN = 'https://pay.example';
const PATHS = ['/v1/payments', '/v1/refunds/r-1', '/hooks', '/a%20b/c', '/'];

/** A rightly signed message as the proxy would hand it over. */
export function makeShot({ sender, key, random, serial, signedMs }: ShotOptions): Shot {
  const options = {
    ...sender.profile,
    key: key.signing,
    clock: { now: () => signedMs },
    random: (size: number) => random.bytes(size),
  } as SignerOptions;
  const ready = createSigner(options).sign({
    url: `${ORIGIN}${random.pick(PATHS)}${targetQuery(sender, random, serial)}`,
    method: 'POST',
    headers: { 'x-amount': String(random.below(100_000)), 'user-agent': 'soak/1' },
    body: bodyOf(sender.body, random, serial),
  });
  const body = Buffer.from(ready.body);
  const target = ready.url.slice(ORIGIN.length);
  const own: readonly (readonly [string, string])[] = [
    [':method', ready.method],
    [':path', target],
    [':authority', 'pay.example'],
    [':scheme', 'https'],
    ['x-request-id', `req-${serial}`],
    ['content-length', String(body.length)],
    ['x-envoy-auth-partial-body', 'false'],
  ];
  return {
    policy: policyIdOf(sender),
    method: ready.method,
    target,
    scheme: 'https',
    authority: 'pay.example',
    headers: [...own, ...ready.headers].map(
      ([name, value]): Line => [name.toLowerCase(), Buffer.from(value)],
    ),
    body,
    size: body.length,
    stream: serial,
    isMerged: false,
  };
}

/** Forms of open API 2.0 would take a query for fields of their own. */
function targetQuery({ body, name }: Sender, random: Random, serial: number): string {
  if (body === 'form' || random.chance(0.3)) return '';
  return name === 'sigv4' ? `?a=1&b=${serial}` : `?b=${serial}&a=%2F&a=2`;
}

function bodyOf(kind: BodyKind, random: Random, serial: number): object | string | URLSearchParams {
  const amount = random.below(1_000_000);
  switch (kind) {
    case 'json':
      return { id: `evt_${serial}`, amount, currency: 'CNY', note: 'x'.repeat(random.below(200)) };
    case 'form':
      return new URLSearchParams({
        orderId: `o${serial}`,
        txnAmt: String(amount),
        subject: 'a b',
        empty: '',
      });
    case 'notification': {
      const item = {
        pspReference: `P${serial}`,
        merchantAccountCode: 'Acme',
        merchantReference: `o:${serial}`,
        amount: { value: amount, currency: 'EUR' },
        eventCode: 'CAPTURE',
        success: 'true',
        reason: 'not signed',
      };
      return { live: 'false', notificationItems: [{ NotificationRequestItem: item }] };
    }
  }
}
