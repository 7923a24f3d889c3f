import {
  Counter,
  createQuickCounter,
  createQuickHistogram,
  Gauge,
  type Registry,
} from '@paymesh/common/metrics';

import { createCertificateGauge, type RedisCertificates } from '@paymesh/common/redis';

import type { DropCause } from './audit/index.ts';
import type { Decision } from './decision/index.ts';
import { addKeyGauge } from './key-gauge.ts';
import type { KeyRing } from './keys/index.ts';
import type { NonceClaim } from './replay/index.ts';

/** All metrics of this service. Labels come from configured policies and closed sets only. */
export interface AuthzMetrics {
  /** `routeId` is what the proxy says of its route. */
  decided(decision: Decision, routeId: string | undefined, seconds: number): void;
  claimed(store: 'embedded' | 'redis', claim: string, seconds: number): void;
  /** A claim that this replica decided alone, for Redis could not. */
  claimedLocally(claim: NonceClaim): void;
  auditDropped(cause: DropCause, lines: number): void;
  configured(isApplied: boolean, policies: number): void;
  /** The files that the client of Redis was started with. */
  opened(certificates: RedisCertificates): void;
}

export interface MetricsOptions {
  readonly registry: Registry;
  /** Nonces in the embedded store. */
  readonly countNonces: () => number;
  /** The keys in force, by the name of their KeySet. */
  readonly keySets: () => ReadonlyMap<string, KeyRing>;
  /** The service behind a Route that is configured. */
  readonly serviceOf: (route: string) => string | undefined;
}

/** Where a request went, as labels: only names that are configured, for anybody may ask this service anything. */
interface Place {
  readonly service: string;
  readonly route: string;
}

const NOWHERE: Place = { service: 'unknown', route: 'unknown' };
/** The control plane calls so what reaches a service by none of its Routes. */
const PASSTHROUGH = 'passthrough';

const CHECK_BUCKETS = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3];
const STORE_BUCKETS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.02, 0.05];

/** Registers the metrics and gives the calls that feed them. */
export function createMetrics({ registry, countNonces, keySets, serviceOf }: MetricsOptions): AuthzMetrics {
  addKeyGauge(registry, keySets);
  const registers = [registry];
  const countDecision = createQuickCounter({
    name: 'paymesh_authz_decisions_total',
    help: 'Checks answered, by service, route, policy, decision (allow, deny, shadow_deny) and exact reason.',
    labels: ['service', 'route', 'policy', 'decision', 'reason'],
    registry,
  });
  const countShadow = shadowCounter(registers);
  const candidates = new Counter({
    name: 'paymesh_authz_candidate_total',
    help: 'Requests verified by the scheme on trial beside the enforced one, by what it would have said.',
    labelNames: ['policy', 'scheme', 'reason'],
    registers,
  });
  const duration = createQuickHistogram({
    name: 'paymesh_authz_duration_seconds',
    help: 'Time from a read check to its decision.',
    buckets: CHECK_BUCKETS,
    registry,
  })();
  const dropped = new Counter({
    name: 'paymesh_authz_audit_dropped_total',
    help: 'Lines of the decision log left out: over the bound of a second, reader too slow, writing failed.',
    labelNames: ['cause'],
    registers,
  });
  const applies = new Counter({
    name: 'paymesh_authz_config_apply_total',
    help: 'Sets of policies and keys taken (applied) or refused (rejected).',
    labelNames: ['result'],
    registers,
  });
  const policies = new Gauge({
    name: 'paymesh_authz_policies',
    help: 'Signing policies in force.',
    registers,
  });
  const nonces: Gauge = new Gauge({
    name: 'paymesh_authz_nonces',
    help: 'Nonces remembered by the embedded store.',
    registers,
    collect: (): void => nonces.set(countNonces()),
  });
  return {
    decided: (decision, routeId, seconds) => {
      const reason = decision.kind === 'allow' ? 'ok' : decision.reason;
      const place = placeOf(routeId, serviceOf);
      const policy = decision.policyId ?? 'unknown';
      countDecision(place.service, place.route, policy, decision.kind, reason);
      countShadow(decision, place);
      if (decision.candidate !== undefined) {
        const { scheme, reason: said } = decision.candidate;
        candidates.inc({ policy, scheme, reason: said });
      }
      duration.observe(seconds);
    },
    ...claimMetrics(registry),
    opened: createCertificateGauge(registry),
    auditDropped: (cause, lines) => dropped.inc({ cause }, lines),
    configured: (isApplied, count) => {
      applies.inc({ result: isApplied ? 'applied' : 'rejected' });
      policies.set(count);
    },
  };
}

function claimMetrics(registry: Registry): Pick<AuthzMetrics, 'claimed' | 'claimedLocally'> {
  const registers = [registry];
  const storeDuration = createQuickHistogram({
    name: 'paymesh_replay_store_duration_seconds',
    help: 'Time of one claim of a nonce.',
    label: 'store',
    buckets: STORE_BUCKETS,
    registry,
  });
  const storeDurations = { embedded: storeDuration('embedded'), redis: storeDuration('redis') };
  const storeErrors = new Counter({
    name: 'paymesh_replay_store_errors_total',
    help: 'Claims that the store could not decide: unavailable or full.',
    labelNames: ['store', 'error'],
    registers,
  });
  const local = new Counter({
    name: 'paymesh_replay_local_total',
    help: 'Claims that this replica decided alone while Redis could not answer, by what it said.',
    labelNames: ['claim'],
    registers,
  });
  return {
    claimed: (store, claim, seconds) => {
      storeDurations[store].observe(seconds);
      if (claim === 'unavailable' || claim === 'full') storeErrors.inc({ store, error: claim });
    },
    claimedLocally: (claim) => local.inc({ claim }),
  };
}

function placeOf(route: string | undefined, serviceOf: MetricsOptions['serviceOf']): Place {
  if (route === undefined) return NOWHERE;
  if (route === PASSTHROUGH) return { ...NOWHERE, route };
  const service = serviceOf(route);
  return service === undefined ? NOWHERE : { service, route };
}

/** What policies in shadow mode would have done to requests that went on. */
function shadowCounter(registers: Registry[]): (decision: Decision, place: Place) => void {
  const shadows = new Counter({
    name: 'paymesh_authz_shadow_total',
    help: 'Requests that went on though a policy in shadow mode would have denied them, by exact reason.',
    labelNames: ['service', 'route', 'policy', 'would', 'reason'],
    registers,
  });
  return (decision, place) => {
    const { kind, accessTrial } = decision;
    if (kind === 'shadow_deny') {
      shadows.inc({ ...place, policy: decision.policyId, would: 'deny', reason: decision.reason });
    }
    if (accessTrial !== undefined) {
      shadows.inc({ ...place, policy: accessTrial.policyId, would: 'deny', reason: accessTrial.reason });
    }
  };
}
