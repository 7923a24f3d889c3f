import type { LocalMesh } from '@paymesh/cli';
import type { DocumentOf } from '@paymesh/common/policy';

import { sumOfMetric } from './sum-of-metric.ts';

/** What a provider saw of one payment. */
export interface ProviderCharge {
  readonly outTradeNo: string;
  /** Creates that came in. */
  readonly received: number;
  /** Charges made. */
  readonly charged: number;
}

/** What upstreams, ledger and proxies saw: never logs. */
export interface Observer {
  /** Charges at `psp-wechat` or `psp-alipay`. */
  charges(provider: string): Promise<readonly ProviderCharge[]>;
  /** How a provider behaves from now on; `{}` is well. */
  behave(provider: string, behaviour: Readonly<Record<string, unknown>>): Promise<void>;
  /** Forgets charges and behaviour of a provider. */
  resetProvider(provider: string): Promise<void>;
  /** Entries of one payment in the ledger. */
  entries(paymentId: string): Promise<readonly LedgerEntry[]>;
  /** Sum over all accounts; zero when the books balance. */
  imbalance(): Promise<number>;
  /** Requests that the edge sent on along these Routes of namespace pay. */
  routed(...routes: readonly string[]): Promise<number>;
  /** Decisions of ext-authz under a policy, by what was decided. */
  decisions(policy: string, decision: 'allow' | 'deny'): Promise<number>;
  /** Notifications of a provider that payments took in, all instances together. */
  notifications(provider: 'wechat' | 'alipay'): Promise<number>;
  /** Notifications that a provider is still trying to be rid of. */
  notifying(provider: 'psp-wechat' | 'psp-alipay'): Promise<number>;
  /** One counter or gauge of the Envoy of a workload; 0 when it is not there yet. */
  envoyStat(workload: string, name: string): Promise<number>;
  /** The control plane's `/status`. */
  controlPlane(): Promise<Readonly<Record<string, unknown>>>;
  /** Port of the program of a workload. */
  port(workload: string): number;
  /** Port on which the Envoy of a workload takes the calls of its program. */
  outboundPort(workload: string): number;
}

export interface LedgerEntry {
  readonly account: string;
  readonly direction: 'debit' | 'credit';
  readonly amount: { readonly minor: number; readonly currency: string };
}

/** Looks at the programs on their own ports and at the Envoys on their admin ports. */
export function createObserver(mesh: LocalMesh): Observer {
  const workload = (name: string): DocumentOf<'Workload'> => {
    const found = mesh.documents.find(
      (document) => document.kind === 'Workload' && document.metadata.name === name,
    );
    if (found?.kind !== 'Workload') throw new Error(`no workload ${name}`);
    return found;
  };
  const program = (name: string, path: string): string =>
    `http://127.0.0.1:${workload(name).spec.port}${path}`;
  const defaults = (): DocumentOf<'MeshDefaults'>['spec'] => {
    const found = mesh.documents.find((document) => document.kind === 'MeshDefaults');
    if (found?.kind !== 'MeshDefaults') throw new Error('the mesh has no MeshDefaults');
    return found.spec;
  };
  /** All of them that match, for an Envoy counts per worker, route or cluster. */
  const sumOfStats = async (name: string, filter: string): Promise<number> => {
    const url = `http://127.0.0.1:${workload(name).spec.adminPort}/stats?format=json&filter=${encodeURIComponent(filter)}`;
    const { stats } = await getJson<{ stats: readonly { readonly value?: number }[] }>(url);
    return stats.reduce((sum, { value = 0 }) => sum + value, 0);
  };
  return {
    charges: async (provider) => {
      const { charges } = await getJson<{ charges: readonly ProviderCharge[] }>(
        program(`${provider}-1`, '/admin/charges'),
      );
      return charges;
    },
    behave: (provider, behaviour) => post(program(`${provider}-1`, '/admin/behaviour'), behaviour),
    resetProvider: (provider) => post(program(`${provider}-1`, '/admin/reset'), {}),
    entries: async (paymentId) => {
      const path = `/v1/entries?paymentId=${encodeURIComponent(paymentId)}`;
      const { entries } = await getJson<{ entries: readonly LedgerEntry[] }>(program('ledger-1', path));
      return entries;
    },
    imbalance: async () =>
      (await getJson<{ imbalanceMinor: number }>(program('ledger-1', '/v1/audit'))).imbalanceMinor,
    routed: (...routes) =>
      sumOfStats('edge', `^vhost\\.gateway\\.route\\.pay/(${routes.join('|')})\\.upstream_rq_total$`),
    decisions: (policy, decision) =>
      sumOfMetric(`http://${defaults().extAuthz.admin}/metrics`, 'paymesh_authz_decisions_total', {
        policy,
        decision,
      }),
    notifications: async (provider) => {
      const counts = await Promise.all(
        [1, 2, 3].map((index) =>
          sumOfMetric(program(`payments-${index}`, '/metrics'), 'payment_notifications_total', { provider }),
        ),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    notifying: (provider) =>
      sumOfMetric(program(`${provider}-1`, '/metrics'), 'psp_sim_notifications_under_way', {}),
    envoyStat: (name, stat) => sumOfStats(name, `^${stat.replaceAll('.', '\\.')}$`),
    controlPlane: () => getJson(`http://${defaults().controlPlane.admin}/status`),
    port: (name) => workload(name).spec.port,
    outboundPort: (name) => {
      const { spec } = workload(name);
      if (spec.kind !== 'instance') throw new Error(`${name} is a gateway: it has no outbound listener`);
      return spec.proxy.outbound;
    },
  };
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
}
