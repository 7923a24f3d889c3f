import type { Secret } from '@paymesh/common/secret';

import { CommandError, EXIT } from '../output/index.ts';

/** The admin port of a rate limiter. */
export interface LimiterAdmin {
  /** Gives the JSON of a good answer; throws a CommandError that says why there is none. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: unknown): Promise<unknown>;
}

const TIMEOUT_MS = 5_000;

/** Calls an admin port, with its token where it has one. */
export function limiterAdmin(address: string, token: Secret | undefined): LimiterAdmin {
  return {
    call: async (method, path, json) => {
      const response = await send(address, path, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token.reveal().toString('utf8')}` }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = (await response.json().catch(() => undefined)) as { readonly error?: unknown } | undefined;
      if (response.ok && body !== undefined) return body;
      const why = typeof body?.error === 'string' ? body.error : `it answered ${response.status}`;
      throw new CommandError(`the rate limiter on ${address} refuses: ${why}`);
    },
  };
}

async function send(address: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`http://${address}${path}`, init);
  } catch (error) {
    throw new CommandError(
      `no rate limiter answers on ${address}: name its admin port with --admin HOST:PORT`,
      EXIT.unreachable,
      { cause: error },
    );
  }
}
