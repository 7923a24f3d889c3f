import { describe, expect, test } from '@jest/globals';
import { readRedisAccess } from '@paymesh/common/redis';
import { createFakeClock, eventually, isRedisAvailable, startRedis } from '@paymesh/common/testing';

import { createPeers, type PeerExchange } from './peers.ts';
import { createQuotas } from './quotas.ts';
import { openRedisExchange } from './redis-exchange.ts';
import type { QuotaAction } from './types.ts';

const ID = { policy: 'pay/limits', limit: 'all' };
const RULE = { label: 'l', requests: 600, periodMs: 60_000, isShadow: false, outlivesLimiter: false };

/** What replicas say, in one place of this process. */
function createBoard() {
  const said = new Map<string, string>();
  const board = { isAway: false, said };
  const exchange: PeerExchange = {
    exchange: (replica, words) => {
      if (board.isAway) return Promise.reject(new Error('away'));
      said.set(replica, words);
      return Promise.resolve(new Map([...said].filter(([name]) => name !== replica)));
    },
    close: () => {},
  };
  return { board, exchange };
}

function createReplica(replica: string, exchange: PeerExchange) {
  const clock = createFakeClock();
  const changes: unknown[] = [];
  const peers = createPeers({ replica, exchange, onChange: (error) => changes.push(error) });
  const quotas = createQuotas({
    find: () => RULE,
    clock,
    observer: { sized: () => {}, told: () => {} },
    peers,
  });
  const told: QuotaAction['what'][] = [];
  const stream = quotas.open('proxy', (actions) => {
    told.push(...actions.map(({ what }) => what));
    return true;
  });
  const use = (hits: number): void => {
    stream?.report('paymesh', [{ id: ID, hits }]);
  };
  const part = (): number => {
    const last = told.at(-1);
    return last?.kind === 'bucket' ? last.tokensPerFill : 0;
  };
  return { clock, quotas, use, part, changes };
}

type Replica = ReturnType<typeof createReplica>;

async function rounds(replicas: readonly Replica[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    for (const { quotas } of replicas) quotas.tick();
    // An exchange within this process has ended by the next turn of the event loop.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

async function demand(replicas: readonly Replica[], hits: readonly number[]): Promise<void> {
  for (const { use } of replicas) use(1);
  for (const [index, { clock, use }] of replicas.entries()) {
    clock.advance(5_000);
    use(hits[index] ?? 0);
  }
}

describe('replicas', () => {
  test('divide a limit by their demands', async () => {
    const { exchange } = createBoard();
    const replicas = [createReplica('a', exchange), createReplica('b', exchange)];
    await demand(replicas, [300, 100]);
    await rounds(replicas);
    expect(replicas.map(({ part }) => part())).toEqual([447, 153]);
  });

  test('keep what they heard while the exchange is away, and say so once', async () => {
    const { board, exchange } = createBoard();
    const replicas = [createReplica('a', exchange), createReplica('b', exchange)];
    await demand(replicas, [300, 100]);
    await rounds(replicas);
    board.isAway = true;
    await rounds(replicas);
    expect(replicas.map(({ part }) => part())).toEqual([447, 153]);
    board.isAway = false;
    await rounds(replicas);
    expect(replicas[0]?.changes).toEqual([expect.any(Error), undefined]);
  });

  test.each(['', '7', 'null', '[1]', '{"x":-1}', '{"x":"y"}', '{'])('%j says nothing', async (words) => {
    const { board, exchange } = createBoard();
    board.said.set('z', words);
    const one = createReplica('a', exchange);
    await demand([one], [300]);
    await rounds([one]);
    expect(one.part()).toBe(600);
  });
});

(isRedisAvailable() ? describe : describe.skip)('replicas over Redis (needs redis-server)', () => {
  test('divide a limit, and have all of it again when the other is gone', async () => {
    const redis = await startRedis();
    const access = await readRedisAccess({ url: redis.url });
    const exchanges = [await openRedisExchange(access), await openRedisExchange(access)];
    try {
      const replicas = exchanges.map((exchange, index) => createReplica(`r${index}`, exchange));
      await demand(replicas, [300, 100]);
      await eventually(async () => {
        await rounds(replicas);
        expect(replicas.map(({ part }) => part())).toEqual([447, 153]);
      });
      const [first] = replicas;
      await eventually(
        async () => {
          if (first !== undefined) await rounds([first]);
          expect(first?.part()).toBe(600);
        },
        { timeoutMs: 10_000 },
      );
    } finally {
      for (const exchange of exchanges) exchange.close();
      await redis.stop();
    }
  }, 20_000);
});
