import { describe, test } from '@jest/globals';

import { eventually, isRedisAvailable, startRedisCluster, startRedisSentinel } from './index.ts';
import { expectReply } from './redis-process.ts';

(isRedisAvailable() ? describe : describe.skip)('groups of Redis servers (needs redis-server)', () => {
  test('a cluster goes on without a master when it has replicas', async () => {
    const cluster = await startRedisCluster({ hasReplicas: true });
    try {
      const [lost, witness] = cluster.masters;
      const [heir] = cluster.replicas;
      await lost?.stop();
      const isHeir = () => expectReply(heir?.port ?? 0, 'ROLE', 'master');
      await eventually(isHeir, { timeoutMs: 15_000 });
      await eventually(() => expectReply(witness?.port ?? 0, 'CLUSTER INFO', 'cluster_state:ok'));
    } finally {
      await cluster.stop();
    }
  });

  test('a sentinel makes the replica a master when the master dies', async () => {
    const group = await startRedisSentinel();
    try {
      await group.master.stop();
      await eventually(() => expectReply(group.replica.port, 'ROLE', 'master'), { timeoutMs: 15_000 });
      const question = 'SENTINEL get-master-addr-by-name main';
      await eventually(() => expectReply(group.sentinel.port, question, String(group.replica.port)));
    } finally {
      await group.stop();
    }
  });
});
