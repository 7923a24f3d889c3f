import { formatHostPort, type HostPort } from '@paymesh/common/config';
import type { Running } from '@paymesh/common/lifecycle';
import type { FastifyInstance } from 'fastify';

export interface HttpOptions {
  readonly app: FastifyInstance;
  readonly listen: HostPort;
  /** Run after the last request is answered, in order: timers, pools, files. */
  readonly onStop?: readonly (() => Promise<void> | void)[];
}

/** Listens, and stops by finishing the requests under way before anything they need is closed. */
export async function startHttp({ app, listen, onStop = [] }: HttpOptions): Promise<Running> {
  await app.listen({ host: listen.host, port: listen.port });
  const bound = app.addresses()[0];
  const port = typeof bound === 'object' ? bound.port : listen.port;
  return {
    addresses: { listen: formatHostPort({ host: listen.host, port }) },
    stop: async () => {
      await app.close();
      for (const step of onStop) await step();
    },
  };
}
