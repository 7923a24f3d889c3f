import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Contestant, type Cores, type Questions, startServer } from '../yardstick/index.ts';
import { DOMAIN, limitRequest } from './limit-request.ts';

/** One way of counting that is measured. */
export interface LimitCase {
  readonly name: string;
  readonly store: 'embedded' | 'redis';
  /** Values of the descriptor: so many counters. */
  readonly values: number;
  /** Decisions per echo of grpc-js that the project set itself. */
  readonly goal: number;
}

/** A limit that no measurement reaches, so that every answer is counted and none is short. */
const RULES = `domain: ${DOMAIN}
descriptors:
- key: route
  value: pay/charge
  descriptors:
  - key: merchant
    rate_limit: {unit: hour, requests_per_unit: 4000000000}
`;

/** The requests of a case. */
export function limitsOf({ values }: Pick<LimitCase, 'values'>): Questions {
  return {
    path: '/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit',
    messages: { kind: 'limits', values },
    sample: () => limitRequest(0),
  };
}

/** The rate limiter, on its own core. */
export async function startLimiter(chosen: LimitCase, cores: Cores, redisUrl: string): Promise<Contestant> {
  const configDir = mkdtempSync(join(tmpdir(), 'paymesh-bench-limits-'));
  writeFileSync(join(configDir, 'limits.yaml'), RULES);
  const url = chosen.store === 'redis' ? redisUrl : undefined;
  const server = await startServer({ kind: 'rate-limiter', configDir, redisUrl: url }, cores.server);
  return {
    name: chosen.name,
    goal: chosen.goal,
    ...limitsOf(chosen),
    server,
    wantsAllow: false,
    stop: async () => {
      await server.stop();
      rmSync(configDir, { recursive: true, force: true });
    },
  };
}
