import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createSigner, loadPrivateKey } from '@paymesh/ext-authz/client';
import { Pool } from 'undici';

/** A request as it is sent; `send` allows anything, so that scenarios can forge. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back. `status` 0 stands for a connection that failed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** From the first byte sent to the last received, in milliseconds. */
  readonly ms: number;
}

export interface SignOptions {
  /** Sign as of so many seconds from now. Default 0. */
  readonly shiftSeconds?: number;
  /** Sign with this secret instead of the merchant's own. */
  readonly secret?: Buffer;
}

export interface PayOptions {
  /** Default a new one. */
  readonly idempotencyKey?: string;
  /** In minor units. Default 1999. */
  readonly minor?: number;
  /** Default `/v1/payments`. */
  readonly path?: string;
  /** Default the one that payments takes when none is named. */
  readonly channel?: 'wechat' | 'alipay';
}

/** A merchant outside the mesh: it signs what it sends and knows only the edge. */
export interface Merchant {
  /** A signed request, not yet sent. */
  sign(
    request: Omit<WireRequest, 'headers'> & { readonly headers?: WireRequest['headers'] },
    options?: SignOptions,
  ): WireRequest;
  readonly send: (request: WireRequest) => Promise<Answer>;
  /** Signs and sends a payment. */
  pay(options?: PayOptions): Promise<Answer>;
  /** Signs and sends a GET. */
  get(path: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Pays once; gives the path on which this merchant finds the payment. */
export async function paymentOf(merchant: Merchant): Promise<string> {
  const { status, body } = await merchant.pay();
  if (status !== 201)
    throw new Error(`a payment to query could not be made: ${status} ${JSON.stringify(body)}`);
  return `/v1/payments/${String(body['id'])}`;
}

const CONNECTIONS = 64;
/** Longer than the longest deadline of the mesh, in milliseconds. */
const CLIENT_TIMEOUT_MS = 15_000;

export interface MerchantOptions {
  readonly edge: string;
  readonly keyId: string;
  /** Folder of the policies; keys lie in `keys/` below it. */
  readonly policies: string;
}

/** A client with its own connections. */
export function createMerchant({ edge, keyId, policies }: MerchantOptions): Merchant {
  const own = Buffer.from(readFileSync(join(policies, 'keys', `${keyId}.key`), 'utf8').trim(), 'base64');
  const pool = new Pool(edge, {
    connections: CONNECTIONS,
    headersTimeout: CLIENT_TIMEOUT_MS,
    bodyTimeout: CLIENT_TIMEOUT_MS,
  });
  const sign: Merchant['sign'] = (
    { method, path, body, headers = {} },
    { shiftSeconds = 0, secret = own } = {},
  ) => {
    const key = loadPrivateKey({ id: keyId, algorithm: 'hmac-sha256', secret });
    const clock = { now: () => Date.now() + shiftSeconds * 1_000 };
    const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json' };
    const signed = createSigner({ scheme: 'hmac', key, clock }).sign({
      url: `${edge}${path}`,
      method,
      headers: { ...type, ...headers },
      body: body === '' ? null : body,
    });
    return { method, path, body, headers: Object.fromEntries(signed.headers) };
  };
  const send = (request: WireRequest): Promise<Answer> => sendOn(pool, request);
  return {
    sign,
    send,
    pay: ({ idempotencyKey = randomUUID(), minor = 1_999, path = '/v1/payments', channel } = {}) =>
      send(
        sign({
          method: 'POST',
          path,
          body: JSON.stringify({
            orderId: `o-${idempotencyKey}`,
            amount: { minor, currency: 'CNY' },
            channel,
          }),
          headers: { 'idempotency-key': idempotencyKey },
        }),
      ),
    get: (path) => send(sign({ method: 'GET', path, body: '' })),
    close: () => pool.destroy(),
  };
}

/** Sends one request on a pool of connections; a failed connection is an answer with status 0. */
export async function sendOn(pool: Pool, { method, path, headers, body }: WireRequest): Promise<Answer> {
  const start = performance.now();
  try {
    const response = await pool.request({ method, path, headers, ...(body === '' ? {} : { body }) });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: response.headers,
      body: parseBody(text),
      ms: performance.now() - start,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 0, headers: {}, body: { error: message }, ms: performance.now() - start };
  }
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { value };
  } catch {
    return { text }; // Not JSON: the scenario decides whether that matters.
  }
}
