// npm run docs: writes docs/metrics.md from the metrics that the built code registers.
//   node scripts/metric-reference.mjs --check    fails where the file says something else
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './setup.mjs';

const { Registry } = await import(join(root, 'common/dist/metrics/index.js'));
const PATH = join(root, 'docs/metrics.md');

/** What each label can be; every label of a metric must be here. All sets are closed or as large as the policies are. */
const LABELS = {
  component: 'on every series: the program, such as `ext-authz`',
  cause: '`rate`, `queue_full`, `write_error`: why a line was dropped',
  certificate: '`redis_ca`, `redis_client`: the file',
  channel: '`wechat`, `alipay`',
  claim: 'what the store said of a nonce',
  decision: '`allow`, `deny`, `shadow_deny`; of risk `allow`, `review`, `deny`',
  domain: 'a configured domain of limits, else empty',
  error: '`unavailable`, `full`',
  fallback: 'what a limit does without its store',
  health: '`connected`, `absent`',
  key_id: 'id of a key in a KeySet',
  keyset: '`namespace/name` of a KeySet',
  kind: 'kind of a document; of a quota, what was told',
  limit: 'name of a configured limit',
  mode: '`enforce`, `shadow`, `off`, `none`',
  node_group: '`namespace/name` of a Service, a gateway, `rate-limiter`, else `unknown`',
  operation: '`charge`, `query`, `close`, `refund`',
  outcome: 'how a decision on a limit came out',
  policy: '`namespace/name` of a policy, else `unknown`',
  policy_kind: 'kind of the policy, `none` or `several`',
  provider: 'a provider that payments knows',
  reason: 'of a decision `ok` or a reason of denial; of a push `connect` or `change`',
  result: 'what it came to',
  revision: 'the one in force: one series at a time',
  route: '`namespace/name` of a Route, `passthrough`, else `unknown`',
  scheme: 'name of a signature scheme',
  service: '`namespace/name` of a Service, else `unknown`',
  source: 'a configured source of keys',
  state: 'state of a payment or of an order',
  status: '`accepted`, `rejected`',
  store: '`embedded`, `redis`',
  type: '`cluster`, `endpoint`, `listener`, `route`, `policySet`',
  would: '`deny`',
};

const text = page(await everyComponent());
if (!process.argv.includes('--check')) writeFileSync(PATH, text);
else if (readFileSync(PATH, 'utf8') !== text) {
  console.error('docs/metrics.md is not what the code registers: run npm run docs');
  process.exitCode = 1;
}
// Some samples hold timers and files.
process.exit();

async function everyComponent() {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const clock = { now: () => 0 };
  const store = { countByState: async () => ({}), oldestOpenSeconds: async () => 0, audit: async () => ({}) };
  const sample = {
    instance: 'docs',
    log,
    clock,
    store,
    outbound: {},
    resolver: {},
    inFlightMs: 0,
    rules: {},
  };
  const notify = { url: 'http://127.0.0.1/', signer: {}, bodyOf: () => ({}), isTaken: () => true };
  const { addAuthzMetrics, addLimiterMetrics, ...of } = await load();
  return [
    ['Control plane', await registered((registry) => of.controlPlane.createMetrics({ registry }))],
    ['ext-authz', await registered(addAuthzMetrics)],
    ['Rate limiter', await registered(addLimiterMetrics)],
    ['Orders (sample)', await registered(() => of.orders.buildOrders(sample))],
    ['Payments (sample)', await registered(() => of.payments.buildPayments(sample))],
    ['Ledger (sample)', await registered(() => of.ledger.buildLedger(sample))],
    ['Risk (sample)', await registered(() => of.risk.buildRisk(sample))],
    ['Simulated providers (sample)', await registered(() => of.wechat.buildPspWechat({ ...sample, notify }))],
  ];
}

async function load() {
  const from = (path) => import(join(root, path));
  const authz = await from('ext-authz/dist/metrics.js');
  const keys = await from('ext-authz/dist/key-events.js');
  const limiter = await from('rate-limiter/dist/metrics.js');
  const tap = await from('common/dist/tap/index.js');
  return {
    controlPlane: await from('control-plane/dist/metrics.js'),
    orders: await from('sample-services/orders/dist/index.js'),
    payments: await from('sample-services/payments/dist/index.js'),
    ledger: await from('sample-services/ledger/dist/index.js'),
    risk: await from('sample-services/risk/dist/index.js'),
    wechat: await from('sample-services/psp-wechat/dist/index.js'),
    addLimiterMetrics: (registry) => {
      tap.createTap({ registry });
      limiter.createMetrics(registry);
    },
    addAuthzMetrics: (registry) => {
      tap.createTap({ registry });
      authz.createMetrics({ registry });
      keys.createKeyEvents({ registry });
    },
  };
}

/** The metrics that are registered anywhere while `build` runs; those of the process itself are left out. */
async function registered(build) {
  const metrics = [];
  const { registerMetric } = Registry.prototype;
  Registry.prototype.registerMetric = function collect(metric) {
    metrics.push(metric);
    return registerMetric.call(this, metric);
  };
  await build(new Registry());
  Registry.prototype.registerMetric = registerMetric;
  const own = metrics.filter(({ name }) => !/^(process|nodejs)_/.test(name));
  return own.sort((one, other) => (one.name < other.name ? -1 : 1)).map(row);
}

function row(metric) {
  const type = metric.type ?? metric.constructor.name;
  const labels = [...(metric.labelNames ?? [])];
  const unknown = labels.filter((label) => LABELS[label] === undefined);
  if (unknown.length > 0)
    throw new Error(`${metric.name}: say in scripts/metric-reference.mjs what ${unknown} can be`);
  const kind = type === 'Object' ? 'histogram' : type.toLowerCase();
  return [`\`${metric.name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), metric.help];
}

function page(components) {
  const used = new Set([
    'component',
    ...components.flatMap(([, rows]) => rows.flatMap((cells) => labelsIn(cells))),
  ]);
  return [
    '# Metrics',
    '',
    'Written by `npm run docs` from what the programs register; a test holds this page to the code. Every program serves',
    '`/metrics` on its admin port, the samples on their own. Beside these there are the `process_` and `nodejs_` metrics of',
    'prom-client. No label holds text that a client can choose.',
    ...components.flatMap(([title, rows]) => [
      '',
      `## ${title}`,
      '',
      ...table(['Metric', 'Type', 'Labels', 'Meaning'], rows),
    ]),
    '',
    '## Envoy',
    '',
    "Envoy's own metrics are on its admin port under `/stats/prometheus`. The bootstrap adds labels to its default ones:",
    '`proxy` (name of the Workload) and `node_group` (its Service or gateway) on every series, `service` on `envoy_cluster_*`',
    'and `route` on `envoy_vhost_route_*`, as ext-authz writes them. A failover shows in `envoy_cluster_upstream_rq_total` by',
    'the `service` of each provider. `envoy_vhost_route_*` counts what went upstream: what ext-authz or a limit refused is not in it.',
    '',
    'A proxy keeps the stats that boards, alerts and `paymesh` read (`control-plane/src/bootstrap/kept-stats.ts`): a fifth of what Envoy',
    'has, which is what makes a scrape cheap. `paymesh bootstrap --all-stats`, or `envoy.allStats` of the chart, keeps all.',
    '',
    '## Labels',
    '',
    ...table(
      ['Label', 'Values'],
      [...used].sort().map((label) => [`\`${label}\``, LABELS[label]]),
    ),
    '',
  ].join('\n');
}

function labelsIn([, , labels]) {
  return [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
