import { createServer } from 'node:net';

import { eventually } from '@paymesh/common/testing';

import { editPolicy } from '../../harness/index.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

/** The gateway is to listen where somebody else does: its Envoy refuses the listener and goes on with the last one. */
export const nack: Rehearsal = {
  name: 'nack',
  run: async ({ mesh, prometheus }) => {
    const somebody = createServer();
    await new Promise<void>((resolve) => somebody.listen(0, '127.0.0.1', resolve));
    const address = somebody.address();
    if (address === null || typeof address === 'string') throw new Error('no port to occupy');
    const edit = editPolicy(mesh.policies, 'mesh/edge.yaml', /\n {2}port: \d+/, `\n  port: ${address.port}`);
    try {
      await eventually(() => prometheus.expectFiring('NackPresent'), { timeoutMs: SEEN_WITHIN_MS });
      await eventually(() => prometheus.expect('paymesh_policies{status="rejected"} > 0'), {
        timeoutMs: SEEN_WITHIN_MS,
      });
    } finally {
      edit.undo();
      somebody.close();
    }
  },
};
