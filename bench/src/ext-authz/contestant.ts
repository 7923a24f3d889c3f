import { rmSync } from 'node:fs';

import { type AuthzCase, CASES } from './cases.ts';
import { type Cores, type PinnedServer, startServer } from './pinned.ts';
import { writePolicies } from './policy-files.ts';

/** The method that all servers here serve. */
export const PATH = '/envoy.service.auth.v3.Authorization/Check';

/** A server with the requests that it is measured with. */
export interface Contestant {
  readonly name: string;
  /** Ratio to the yardstick that it should have. */
  readonly goal: number | undefined;
  /** Whose requests it gets. */
  readonly case: AuthzCase;
  readonly server: PinnedServer;
  /** True where each answer must be an allow, not just an answer. */
  readonly wantsAllow: boolean;
  stop(): Promise<void>;
}

/** A server that sends back what it gets; the messages are those of the first case. */
export async function startEcho(kind: 'grpc-js echo' | 'http2 echo', cores: Cores): Promise<Contestant> {
  const server = await startServer({ kind }, cores.server);
  return {
    name: kind,
    goal: undefined,
    case: CASES[0],
    server,
    wantsAllow: false,
    stop: () => server.stop(),
  };
}

/** ext-authz with the policies of a case; its nonces are in Redis only where the case says so. */
export async function startAuthz(
  chosen: AuthzCase,
  cores: Cores,
  redisUrl: string | undefined,
): Promise<Contestant> {
  const configDir = writePolicies(chosen);
  const url = chosen.nonceStore === 'redis' ? redisUrl : undefined;
  const server = await startServer({ kind: 'ext-authz', configDir, redisUrl: url }, cores.server);
  return {
    name: chosen.name,
    goal: chosen.goal,
    case: chosen,
    server,
    wantsAllow: true,
    stop: async () => {
      await server.stop();
      rmSync(configDir, { recursive: true, force: true });
    },
  };
}
