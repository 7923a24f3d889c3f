import { Counter, Gauge, Histogram, type Registry } from '@paymesh/common/metrics';

import type { AdsEvent } from './server/index.ts';

/** What became of a set of policies. */
export type ApplyResult = 'applied' | 'rejected' | 'unchanged';

/** All metrics of the control plane. Labels come from closed sets only. */
export interface ControlPlaneMetrics {
  observe(event: AdsEvent): void;
  loaded(result: ApplyResult, seconds: number): void;
  /** The revision in force. */
  revision(revision: string): void;
}

export interface MetricsOptions {
  readonly registry: Registry;
  readonly countConnected: () => number;
  readonly countOutOfDate: () => number;
}

const ANSWER_BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15];
const COMPILE_BUCKETS = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Registers the metrics and gives the calls that feed them. */
export function createMetrics(options: MetricsOptions): ControlPlaneMetrics {
  const config = configMetrics(options.registry);
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

function streamMetrics({ registry, countConnected, countOutOfDate }: MetricsOptions) {
  const registers = [registry];
  const typed = (name: string, help: string) => new Counter({ name, help, labelNames: ['type'], registers });
  const pushes = typed('paymesh_xds_push_total', 'Responses written to proxies, by resource type.');
  const nacks = typed('paymesh_xds_nack_total', 'Responses that proxies refused, by resource type.');
  const late = typed('paymesh_xds_late_total', 'Responses not answered within their deadline.');
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
  gauge(registry, 'paymesh_xds_connected_proxies', 'Open ADS streams.', countConnected);
  gauge(
    registry,
    'paymesh_proxies_out_of_date',
    'Connected proxies that do not run all of the newest state.',
    countOutOfDate,
  );
  return (event: AdsEvent): void => {
    if (event.kind === 'sent') pushes.inc({ type: event.type });
    if (event.kind === 'nack') nacks.inc({ type: event.nack.type });
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
