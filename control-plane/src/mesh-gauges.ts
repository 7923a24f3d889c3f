import { Gauge, type Registry } from '@paymesh/common/metrics';
import { type DocumentOf, type PolicyDocument, policyId } from '@paymesh/common/policy';
import { isLimiterNode } from '@paymesh/common/policy-set';

export interface MeshGaugeOptions {
  readonly registry: Registry;
  /** The documents in force. */
  readonly documents: () => readonly PolicyDocument[];
  /** Nodes of the open streams; one that has two streams is there twice. */
  readonly connected: () => readonly string[];
  /** Those of them with values in resources that a proxy refuses. */
  readonly refused: () => ReadonlySet<PolicyDocument>;
}

/** One series: a value and its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const MS_PER_SECOND = 1_000;

/** Registers what is counted in the documents when somebody looks; all labels are names of documents. */
export function addMeshGauges(options: MeshGaugeOptions): void {
  const { registry, documents } = options;
  const add = (name: string, help: string, labelNames: string[], samples: () => readonly Sample[]) => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect: (): void => {
        gauge.reset();
        for (const { labels, value } of samples()) gauge.set(labels, value);
      },
    });
  };
  add(
    'paymesh_policies',
    'Documents in force by kind, mode (none where a kind has none) and status: accepted, or rejected by a proxy.',
    ['kind', 'mode', 'status'],
    () => {
      const refused = options.refused();
      return countBy(documents().map((document) => labelsOf(document, refused.has(document))));
    },
  );
  add(
    'paymesh_xds_connected_proxies',
    'Open ADS streams by service, gateway or rate-limiter.',
    ['node_group'],
    () => {
      const groups = groupsOf(workloads(documents()));
      const groupOfNode = (node: string) =>
        isLimiterNode(node) ? 'rate-limiter' : (groups.get(node) ?? 'unknown');
      return countBy(options.connected().map((node) => ({ node_group: groupOfNode(node) })));
    },
  );
  add(
    'paymesh_registry_instances',
    'Instances by service and health: connected, or absent while the control plane has no stream of their proxy.',
    ['service', 'health'],
    () => instances(workloads(documents()), new Set(options.connected())),
  );
  add(
    'paymesh_key_expiry_timestamp_seconds',
    'Unix time after which a key of a KeySet is not taken any more; those without an end and revoked ones are not here.',
    ['keyset', 'key_id'],
    () =>
      documents()
        .filter((document) => document.kind === 'KeySet')
        .flatMap(keyEnds),
  );
}

function labelsOf({ kind, spec }: PolicyDocument, isRefused: boolean) {
  const mode = 'mode' in spec ? spec.mode.toLowerCase() : 'none';
  return { kind, mode, status: isRefused ? 'rejected' : 'accepted' };
}

function workloads(documents: readonly PolicyDocument[]): readonly DocumentOf<'Workload'>[] {
  return documents.filter((document) => document.kind === 'Workload');
}

function groupsOf(all: readonly DocumentOf<'Workload'>[]): ReadonlyMap<string, string> {
  return new Map(all.map(({ metadata, spec }) => [metadata.name, groupOf(spec)] as const));
}

function groupOf(spec: DocumentOf<'Workload'>['spec']): string {
  return spec.kind === 'gateway' ? spec.gateway : policyId({ metadata: spec.service });
}

/** Both healths of every service, so that a service whose last instance is gone is a 0 and not a gap. */
function instances(
  all: readonly DocumentOf<'Workload'>[],
  connected: ReadonlySet<string>,
): readonly Sample[] {
  const own = all.filter(({ spec }) => spec.kind === 'instance');
  const services = [...new Set(own.map(({ spec }) => groupOf(spec)))];
  return services.flatMap((service) => {
    const names = own.filter(({ spec }) => groupOf(spec) === service).map(({ metadata }) => metadata.name);
    const present = names.filter((name) => connected.has(name)).length;
    return [
      { labels: { service, health: 'connected' }, value: present },
      { labels: { service, health: 'absent' }, value: names.length - present },
    ];
  });
}

function keyEnds(document: DocumentOf<'KeySet'>): readonly Sample[] {
  const keyset = policyId(document);
  return document.spec.keys.flatMap(({ id, notAfterMs, revoked }) =>
    revoked || notAfterMs === undefined
      ? []
      : [{ labels: { keyset, key_id: id }, value: notAfterMs / MS_PER_SECOND }],
  );
}

function countBy(all: readonly Readonly<Record<string, string>>[]): readonly Sample[] {
  const counts = new Map<string, Sample>();
  for (const labels of all) {
    const key = JSON.stringify(labels);
    counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + 1 });
  }
  return [...counts.values()];
}
