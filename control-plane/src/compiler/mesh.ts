import type {
  Document,
  DocumentOf,
  GatewaySpec,
  InstanceSpec,
  Kind,
  PolicyDocument,
  ServiceRef,
} from '@paymesh/common/policy';

/** A Workload that is one instance of a service. */
export type Instance = Document<'Workload', InstanceSpec>;

/** A Workload that is a gateway. */
export type Gateway = Document<'Workload', GatewaySpec>;

/** A Service with all that belongs to it. */
export interface MeshService {
  /** `namespace/name`, also the name of its cluster. */
  readonly id: string;
  readonly document: DocumentOf<'Service'>;
  /** Sorted by id. */
  readonly routes: readonly DocumentOf<'Route'>[];
  /** Sorted by id. */
  readonly instances: readonly Instance[];
}

/** The documents by what they describe; every list sorted by id, so that their order has no effect. */
export interface Mesh {
  readonly services: ReadonlyMap<string, MeshService>;
  readonly gateways: readonly Gateway[];
  /** Absent: built-in values, and no ext-authz or rate limiter. */
  readonly defaults: DocumentOf<'MeshDefaults'> | undefined;
}

/**
 * Groups the documents. What refers to a Service that does not exist is left out here: the checker has
 * refused such a set already.
 */
export function groupMesh(documents: readonly PolicyDocument[]): Mesh {
  const sorted = sortById(documents);
  const routes = groupByService(ofKind(sorted, 'Route'));
  const workloads = ofKind(sorted, 'Workload');
  const instances = groupByService(workloads.filter(isInstance));
  const services = ofKind(sorted, 'Service').map((document): [string, MeshService] => {
    const id = documentId(document);
    return [id, { id, document, routes: routes.get(id) ?? [], instances: instances.get(id) ?? [] }];
  });
  return {
    services: new Map(services),
    gateways: workloads.filter(isGateway),
    defaults: ofKind(sorted, 'MeshDefaults')[0],
  };
}

/** The documents of one kind. */
export function ofKind<K extends Kind>(documents: readonly PolicyDocument[], kind: K): DocumentOf<K>[] {
  return documents.filter((document): document is DocumentOf<K> => document.kind === kind);
}

/** Sorted by namespace and name, independent of the language of the machine. */
function sortById<D extends PolicyDocument>(documents: readonly D[]): D[] {
  return documents.toSorted((a, b) => compareText(documentId(a), documentId(b)));
}

/** Order by code units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `namespace/name`. */
export function documentId({ metadata }: Pick<PolicyDocument, 'metadata'>): string {
  return refId(metadata);
}

/** `namespace/name` of what a reference names. */
export function refId({ namespace, name }: ServiceRef): string {
  return `${namespace}/${name}`;
}

function groupByService<D extends DocumentOf<'Route'> | Instance>(documents: readonly D[]): Map<string, D[]> {
  const groups = new Map<string, D[]>();
  for (const document of documents) {
    const id = refId(document.spec.service);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [document]);
    else group.push(document);
  }
  return groups;
}

function isInstance(workload: DocumentOf<'Workload'>): workload is Instance {
  return workload.spec.kind === 'instance';
}

function isGateway(workload: DocumentOf<'Workload'>): workload is Gateway {
  return workload.spec.kind === 'gateway';
}
