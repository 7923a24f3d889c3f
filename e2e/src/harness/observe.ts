import type { LocalMesh } from '@paymesh/cli';
import type { DocumentOf } from '@paymesh/common/policy';

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
  const defaults = mesh.documents.find((document) => document.kind === 'MeshDefaults');
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
    envoyStat: async (name, stat) => {
      const filter = `^${stat.replaceAll('.', '\\.')}$`;
      const url = `http://127.0.0.1:${workload(name).spec.adminPort}/stats?format=json&filter=${encodeURIComponent(filter)}`;
      const { stats } = await getJson<{ stats: readonly { readonly value?: number }[] }>(url);
      return stats[0]?.value ?? 0;
    },
    controlPlane: () => {
      if (defaults?.kind !== 'MeshDefaults') throw new Error('the mesh has no MeshDefaults');
      return getJson(`http://${defaults.spec.controlPlane.admin}/status`);
    },
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
