import { rmSync } from 'node:fs';

import { type Contestant, type Cores, type Questions, startServer } from '../yardstick/index.ts';
import type { AuthzCase } from './cases.ts';
import { signedCheck } from './check-request.ts';
import { writePolicies } from './policy-files.ts';

const MS_PER_SECOND = 1_000;

/** The checks of a case. */
export function checksOf(chosen: AuthzCase): Questions {
  return {
    path: '/envoy.service.auth.v3.Authorization/Check',
    messages: { kind: 'checks', caseName: chosen.name },
    sample: () => signedCheck(chosen, Math.floor(Date.now() / MS_PER_SECOND)),
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
    ...checksOf(chosen),
    server,
    wantsAllow: true,
    stop: async () => {
      await server.stop();
      rmSync(configDir, { recursive: true, force: true });
    },
  };
}
