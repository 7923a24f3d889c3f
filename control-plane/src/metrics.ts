import { Counter, Gauge, Histogram, type Registry } from '@paymesh/common/metrics';
import { createFirstSent } from './first-sent.ts';
import { addMeshGauges, type MeshGaugeOptions } from './mesh-gauges.ts';
import type { AdsEvent, Nack } from './server/index.ts';
import { TYPE_URL } from './snapshot/index.ts';
import { POLICY_KINDS } from './status/index.ts';

/** What became of a set of policies. */
export type ApplyResult = 'applied' | 'rejected' | 'unchanged';

/** All metrics of the control plane. Labels come from closed sets only. */
export interface ControlPlaneMetrics {
  observe(event: AdsEvent): void;
  loaded(result: ApplyResult, seconds: number): void;
  /** The revision in force. */
  revision(revision: string): void;
}

export interface MetricsOptions extends MeshGaugeOptions {
  readonly registry: Registry;
  readonly countOutOfDate: () => number;
  /** The kind of policy from which the refused values came; `none` and `several` are possible. */
  readonly policyKindOf: (node: string, nack: Nack) => string;
}

const ANSWER_BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30];
const COMPILE_BUCKETS = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Registers the metrics and gives the calls that feed them. */
export function createMetrics(options: MetricsOptions): ControlPlaneMetrics {
  const config = configMetrics(options.registry);
  addMeshGauges(options);
  const streams = streamMetrics(options);
  return { ...config, observe: streams };
}

function configMetrics(registry: Registry): Pick<ControlPlaneMetrics, 'loaded' | 'revision'> {
  const registers = [registry];
  const applies = new Counter({
    name: 'paymesh_config_apply_total',
    help: 'Sets of policies by what became of them: applied, rejected, unchanged.',
    labelNames: ['result'],
    registers,
  });
  const compileDuration = new Histogram({
    name: 'paymesh_config_compile_duration_seconds',
    help: 'Time from parsed policies to published snapshots.',
    buckets: COMPILE_BUCKETS,
    registers,
  });
  const revisionInfo = new Gauge({
    name: 'paymesh_config_revision_info',
    help: 'The revision in force, as its only label.',
    labelNames: ['revision'],
    registers,
  });
  return {
    loaded: (result, seconds) => {
      applies.inc({ result });
      compileDuration.observe(seconds);
    },
    revision: (revision) => {
      revisionInfo.reset();
      revisionInfo.set({ revision }, 1);
    },
  };
}

function streamMetrics({ registry, countOutOfDate, policyKindOf }: MetricsOptions) {
  const registers = [registry];
  const isFirst = createFirstSent();
  const pushes = new Counter({
    name: 'paymesh_xds_push_total',
    help: 'Responses written to proxies, by resource type and reason: connect (the first of a stream) or change.',
    labelNames: ['type', 'reason'],
    registers,
  });
  const nacks = new Counter({
    name: 'paymesh_xds_nack_total',
    help: 'Responses that proxies refused, by resource type and the kind of policy that the refused values are of.',
    labelNames: ['type', 'policy_kind'],
    registers,
  });
  const late = new Counter({
    name: 'paymesh_xds_late_total',
    help: 'Responses not answered within their deadline.',
    labelNames: ['type'],
    registers,
  });
  // A rate does not see the value with which a series begins, and of these the first one counts.
  for (const type of Object.keys(TYPE_URL)) {
    late.inc({ type }, 0);
    for (const kind of POLICY_KINDS) nacks.inc({ type, policy_kind: kind }, 0);
  }
  const ackLatency = new Histogram({
    name: 'paymesh_xds_ack_latency_seconds',
    help: 'Time from a written response to its ACK.',
    labelNames: ['type'],
    buckets: ANSWER_BUCKETS,
    registers,
  });
  const lag = new Histogram({
    name: 'paymesh_proxy_config_lag_seconds',
    help: 'Time from a published change until a proxy runs all of it.',
    buckets: ANSWER_BUCKETS,
    registers,
  });
  gauge(
    registry,
    'paymesh_proxies_out_of_date',
    'Connected proxies that do not run all of the newest state.',
    countOutOfDate,
  );
  return (event: AdsEvent): void => {
    const isConnect = isFirst(event);
    if (event.kind === 'sent') pushes.inc({ type: event.type, reason: isConnect ? 'connect' : 'change' });
    if (event.kind === 'nack') {
      const { node, nack } = event;
      nacks.inc({ type: nack.type, policy_kind: policyKindOf(node, nack) });
    }
    if (event.kind === 'late') late.inc({ type: event.type });
    if (event.kind === 'ack') ackLatency.observe({ type: event.type }, event.latencyMs / 1_000);
    if (event.kind === 'synced') lag.observe(event.lagMs / 1_000);
  };
}

function gauge(registry: Registry, name: string, help: string, count: () => number): void {
  const created: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: (): void => created.set(count()),
  });
}
