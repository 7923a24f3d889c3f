import { readFileSync } from 'node:fs';

import { loadPrivateKey } from '@paymesh/ext-authz/client';

import { required, type Variables } from '../environment.ts';

/** Where a provider notifies, and with which key it signs. */
export interface NotifyTarget {
  readonly url: string;
  readonly key: ReturnType<typeof loadPrivateKey>;
}

/** Reads NOTIFY_URL, and with it NOTIFY_KEY_ID and NOTIFY_KEY_FILE (PEM, RSA). Undefined without a URL; throws an Error that names what is wrong. */
export function readNotifyTarget(variables: Variables): NotifyTarget | undefined {
  const url = variables['NOTIFY_URL'];
  if (url === undefined) return undefined;
  if (!URL.canParse(url)) throw new Error(`NOTIFY_URL must be a URL; got "${url}"`);
  const id = required(variables, 'NOTIFY_KEY_ID');
  const pem = readFileSync(required(variables, 'NOTIFY_KEY_FILE'), 'utf8');
  return { url, key: loadPrivateKey({ id, algorithm: 'rsa-v1_5-sha256', pem }) };
}
