import { MOST_TOLD } from './limits.ts';
import type { QuotaPeers } from './types.ts';

/** Where replicas leave what they say. */
export interface PeerExchange {
  /** Leaves the words of a replica, and gives those of the others, by their names. Rejects when it is away. */
  exchange(replica: string, words: string): Promise<ReadonlyMap<string, string>>;
  close(): void;
}

export interface PeersOptions {
  readonly replica: string;
  readonly exchange: PeerExchange;
  /** Told when the exchange fails, and when it is back (undefined). */
  readonly onChange: (error: unknown) => void;
}

/** The longest words of a replica that are read, in characters. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Replicas that tell each other of their demand. While the exchange is away what was last heard holds: to forget it would
 * give each replica the whole limit.
 */
export function createPeers({ replica, exchange, onChange }: PeersOptions): QuotaPeers {
  let heard: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map();
  let isBusy = false;
  let isAway = false;
  const tell = async (words: string): Promise<void> => {
    isBusy = true;
    try {
      const all = await exchange.exchange(replica, words);
      heard = new Map([...all].map(([name, said]) => [name, readWords(said)]));
      if (isAway) onChange(undefined);
      isAway = false;
    } catch (error) {
      if (!isAway) onChange(error);
      isAway = true;
    } finally {
      isBusy = false;
    }
  };
  return {
    replica,
    demandsOf: (digest) =>
      new Map(
        [...heard].flatMap(([name, demands]) => {
          const demand = demands.get(digest);
          return demand === undefined ? [] : [[name, demand] as const];
        }),
      ),
    tell: (demands) => {
      if (!isBusy) void tell(writeWords(demands));
    },
  };
}

function writeWords(demands: ReadonlyMap<string, number>): string {
  const told = [...demands].slice(0, MOST_TOLD);
  return JSON.stringify(
    Object.fromEntries(told.map(([digest, one]) => [digest, Math.round(one * 1_000) / 1_000])),
  );
}

/** Whatever is no demand is left out. */
function readWords(words: string): ReadonlyMap<string, number> {
  if (words.length > MOST_CHARACTERS) return new Map();
  try {
    const said: unknown = JSON.parse(words);
    if (typeof said !== 'object' || said === null) return new Map();
    const pairs = Object.entries(said).flatMap(([digest, one]: [string, unknown]) =>
      typeof one === 'number' && Number.isFinite(one) && one >= 0 ? [[digest, one] as const] : [],
    );
    return new Map(pairs);
  } catch {
    // Not written by a replica of this version: as if it had said nothing.
    return new Map();
  }
}
