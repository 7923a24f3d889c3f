import { type HostPort, parseHostPort } from './host-port.ts';

/** How a Redis is reached. `nodes` are those of the cluster, or the sentinels; one when it stands alone. */
export type RedisTarget = RedisAccess &
  (
    | { readonly kind: 'single'; readonly nodes: readonly HostPort[]; readonly database: number }
    | {
        readonly kind: 'sentinel';
        readonly nodes: readonly HostPort[];
        /** Of the master, as the sentinels know it. */
        readonly name: string;
        readonly database: number;
        readonly sentinelUsername?: string;
        readonly sentinelPassword?: string;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] }
  );

interface RedisAccess {
  readonly username?: string;
  /** Never printed. */
  readonly password?: string;
  readonly isTls: boolean;
  /** Name that the certificate must have, where it is not the host's. */
  readonly servername?: string;
}

export type ParsedRedisUrl =
  | { readonly kind: 'target'; readonly target: RedisTarget }
  /** A sentence that says what to do; no part of the URL is in it, for any part may hold a password. */
  | { readonly kind: 'error'; readonly message: string };

/** What may be written, one form a line; for messages and help texts. */
export const REDIS_URL_FORMS = `  redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]
  redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT],HOST[:PORT]/NAME[/DATABASE][?sentinelPassword=...&sentinelUsername=...]
  redis+cluster://[[USER]:PASSWORD@]HOST[:PORT],HOST[:PORT]
  rediss://, rediss+sentinel://, rediss+cluster:// for TLS; ?servername=NAME where certificates name another host`;

const URL_FORM =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^@?#]*))?(?:\?([^@#]*))?$/;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;
const MAX_NODES = 100;
const TLS_PARAMETERS = ['servername'];
const SENTINEL_PARAMETERS = ['sentinelUsername', 'sentinelPassword'];

/** Reads the URL of a Redis: alone, behind sentinels, or a cluster, with TLS or without. */
export function parseRedisUrl(text: string): ParsedRedisUrl {
  try {
    return { kind: 'target', target: readUrl(text) };
  } catch (error) {
    if (!(error instanceof RedisUrlError)) throw error;
    return { kind: 'error', message: error.message };
  }
}

/** Used within this file only: what is wrong with the URL. */
class RedisUrlError extends Error {}

function readUrl(text: string): RedisTarget {
  const match = URL_FORM.exec(text);
  if (match === null) {
    throw new RedisUrlError(
      `expected the URL of a Redis, such as redis://127.0.0.1:6379; in a user and password write ` +
        `@ : / ? # % as %40 %3A %2F %3F %23 %25. The forms:\n${REDIS_URL_FORMS}`,
    );
  }
  const [, scheme, mode = 'single', credentials, hosts = '', path = '', query = ''] = match;
  const isTls = scheme === 'rediss';
  const allowed = [...(isTls ? TLS_PARAMETERS : []), ...(mode === 'sentinel' ? SENTINEL_PARAMETERS : [])];
  const { servername, ...sentinelAccess } = readParameters(query, allowed);
  const access = {
    ...readCredentials(credentials),
    isTls,
    ...(servername === undefined ? {} : { servername }),
  };
  const nodes = readNodes(hosts, mode === 'sentinel' ? SENTINEL_PORT : REDIS_PORT);
  switch (mode) {
    case 'cluster':
      if (path !== '')
        throw new RedisUrlError('a cluster has no databases: leave out what follows the hosts');
      return { kind: 'cluster', nodes, ...access };
    case 'sentinel': {
      const [name = '', database, ...more] = path.split('/');
      if (name === '' || more.length > 0) {
        throw new RedisUrlError('name the master after the sentinels: redis+sentinel://HOST:26379/NAME');
      }
      return {
        kind: 'sentinel',
        nodes,
        name: decode(name),
        database: readDatabase(database),
        ...access,
        ...sentinelAccess,
      };
    }
    default:
      if (nodes.length > 1) {
        throw new RedisUrlError('several hosts: say redis+sentinel://HOSTS/NAME or redis+cluster://HOSTS');
      }
      return { kind: 'single', nodes, database: readDatabase(path), ...access };
  }
}

function readCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const password = decode(text.slice(colon + 1));
  if (colon === -1 || password === '') {
    throw new RedisUrlError('expected USER:PASSWORD@ or :PASSWORD@ before the host');
  }
  return colon === 0 ? { password } : { username: decode(text.slice(0, colon)), password };
}

function readNodes(text: string, defaultPort: number): readonly HostPort[] {
  const hosts = text.split(',');
  if (hosts.length > MAX_NODES) throw new RedisUrlError(`at most ${MAX_NODES} hosts can be named`);
  return hosts.map((host) => {
    try {
      const node = parseHostPort(/^(\[.*\]|[^:]+)$/.test(host) ? `${host}:${defaultPort}` : host);
      if (node.port > 0 && !host.startsWith(':')) return node;
    } catch {
      // Its message repeats the text, which may hold a password.
    }
    throw new RedisUrlError(
      'expected HOST or HOST:PORT, with a port from 1 to 65535, and commas between several',
    );
  });
}

function readDatabase(text = ''): number {
  if (!/^\d{0,5}$/.test(text)) throw new RedisUrlError('expected a database from 0 to 99999 after the "/"');
  return Number(text);
}

function readParameters(query: string, allowed: readonly string[]): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    if (!allowed.includes(name) || name in read) {
      const list = allowed.length === 0 ? 'nothing' : allowed.map((known) => `${known}=...`).join(', ');
      throw new RedisUrlError(`after the "?" of this kind of URL goes ${list}, each once`);
    }
    read[name] = decode(pair.slice(equals + 1));
  }
  return read;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError('a "%" is not followed by two hex digits: write "%" itself as %25');
  }
}
