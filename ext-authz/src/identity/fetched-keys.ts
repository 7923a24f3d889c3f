import { type ParsedJwks, parseJwks } from '@paymesh/common/jwks';
import type { JWTVerifyGetKey } from 'jose';

import { keyFinder, type TokenKeys } from './token-keys.ts';

/** Gives the text behind a URL; rejects when it cannot be had whole, in time and within its bound. */
export type FetchText = (url: string) => Promise<string>;

/** The keys behind a URL for some algorithms; the same ones for as long as they are asked for. */
export type KeysBehind = (url: string, algorithms: readonly string[]) => TokenKeys;

/** Most sets kept at once. */
const MAX_SETS = 64;

/** Keeps what was fetched while policies come and go: an edit must not wait for, or hang on, an issuer that is down. */
export function createKeysBehind(fetchText: FetchText): KeysBehind {
  const sets = new Map<string, TokenKeys>();
  return (url, algorithms) => {
    const id = `${url} ${algorithms.toSorted().join(' ')}`;
    const known = sets.get(id) ?? fetchedKeys({ url, algorithms, fetchText });
    // The one that was asked for longest ago makes room.
    sets.delete(id);
    sets.set(id, known);
    for (const first of sets.keys()) {
      if (sets.size <= MAX_SETS) break;
      sets.delete(first);
    }
    return known;
  };
}

interface FetchedKeysOptions {
  readonly url: string;
  readonly algorithms: readonly string[];
  readonly fetchText: FetchText;
}

/** So old a set is asked for again with the next token; until it is there, and when it is not, the old one holds. */
const REFRESH_MS = 600_000;
/** Shortest time between two requests, whatever kids strangers send. */
const COOLDOWN_MS = 30_000;

interface Held {
  readonly keys: JWTVerifyGetKey;
  readonly ids: ReadonlySet<string>;
  readonly atMs: number;
}

/** Keys behind a URL: asked for when they are needed, by one request at a time, and seldom. */
function fetchedKeys({ url, algorithms, fetchText }: FetchedKeysOptions): TokenKeys {
  let held: Held | undefined;
  let askedMs: number | undefined;
  let pending: Promise<void> | undefined;

  async function ask(nowMs: number): Promise<void> {
    askedMs = nowMs;
    const parsed = await fetchText(url).then((text): ParsedJwks => parseJwks(text, algorithms));
    if (parsed.kind !== 'keys') return;
    const ids = new Set(parsed.jwks.keys.map(({ kid }) => kid));
    held = { keys: keyFinder(parsed.jwks), ids, atMs: nowMs };
  }

  function isEnough(kid: string | undefined, nowMs: number): boolean {
    if (held === undefined) return false;
    return nowMs - held.atMs < REFRESH_MS && (kid === undefined || held.ids.has(kid));
  }

  return {
    find: async (kid, nowMs) => {
      const mayAsk = askedMs === undefined || nowMs - askedMs >= COOLDOWN_MS;
      if (!isEnough(kid, nowMs) && pending === undefined && mayAsk) {
        // A set that cannot be had leaves the last one in force.
        pending = ask(nowMs)
          .catch(() => undefined)
          .finally(() => {
            pending = undefined;
          });
      }
      // An old set that has the key need not wait for its successor.
      if (held === undefined || (kid !== undefined && !held.ids.has(kid))) await pending;
      return held?.keys ?? 'unavailable';
    },
  };
}
