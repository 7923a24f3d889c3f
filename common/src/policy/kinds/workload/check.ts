import { formatHostPort, parseHostPort } from '../../../config/index.ts';
import { documentFinding, positionOf, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import type { DocumentOf, Finding, PolicyDocument } from '../../types.ts';

type Workload = DocumentOf<'Workload'>;

/** Node ids are distinct, no address is bound twice. */
export function checkWorkloads(set: PolicySet): readonly Finding[] {
  return [...checkNodeIds(set), ...checkPorts(set)];
}

/** A proxy names itself by the name alone, so it must be distinct over all namespaces. */
function checkNodeIds(set: PolicySet): readonly Finding[] {
  const first = new Map<string, Workload>();
  const findings: Finding[] = [];
  for (const workload of set.of('Workload')) {
    const { name } = workload.metadata;
    const other = first.get(name);
    if (other === undefined) first.set(name, workload);
    else {
      const place = printPosition(positionOf(other, 'metadata.name'));
      findings.push(
        documentFinding(workload, 'PM3009', {
          path: 'metadata.name',
          expected: 'a name that no Workload of any namespace has: it is the node id of its proxy',
          got: `"${name}", which also stands at ${place}`,
        }),
      );
    }
  }
  return findings;
}

interface Binding {
  readonly document: PolicyDocument;
  readonly path: string;
  /** `HOST:PORT`. */
  readonly address: string;
}

function checkPorts(set: PolicySet): readonly Finding[] {
  const first = new Map<string, Binding>();
  const findings: Finding[] = [];
  const bindings = [
    ...set.of('MeshDefaults').slice(0, 1).flatMap(meshBindings),
    ...set.of('Workload').flatMap(workloadBindings),
  ];
  for (const binding of bindings) {
    const other = first.get(binding.address);
    if (other === undefined) first.set(binding.address, binding);
    else {
      const place = printPosition(positionOf(other.document, other.path));
      findings.push(
        documentFinding(binding.document, 'PM3003', {
          path: binding.path,
          expected: 'a port that nothing else of the mesh listens on at this address',
          got: `${binding.address}, which ${other.path} at ${place} has`,
        }),
      );
    }
  }
  return findings;
}

function workloadBindings(document: Workload): readonly Binding[] {
  const { spec } = document;
  const ports: readonly (readonly [string, number])[] = [
    ['spec.port', spec.port],
    ...(spec.kind === 'instance'
      ? ([
          ['spec.proxy.inbound', spec.proxy.inbound],
          ['spec.proxy.outbound', spec.proxy.outbound],
        ] as const)
      : []),
    // Only a bootstrap uses it, and who writes one by hand may choose another.
    ...(document.positions.has('spec.proxy.admin') ? ([['spec.proxy.admin', spec.adminPort]] as const) : []),
  ];
  return ports.map(([path, port]) => ({
    document,
    path,
    address: formatHostPort({ host: spec.address, port }),
  }));
}

function meshBindings(document: DocumentOf<'MeshDefaults'>): readonly Binding[] {
  const { controlPlane, extAuthz, rateLimiter } = document.spec;
  const addresses: readonly (readonly [string, string])[] = [
    ['spec.controlPlane.listen', controlPlane.listen],
    ['spec.controlPlane.admin', controlPlane.admin],
    ...extAuthz.endpoints.map((address, index) => [`spec.extAuthz.endpoints[${index}]`, address] as const),
    ['spec.extAuthz.admin', extAuthz.admin],
    ...rateLimiter.endpoints.map(
      (address, index) => [`spec.rateLimiter.endpoints[${index}]`, address] as const,
    ),
    ['spec.rateLimiter.admin', rateLimiter.admin],
  ];
  return addresses.map(([path, address]) => ({
    document,
    path,
    address: formatHostPort(parseHostPort(address)),
  }));
}
