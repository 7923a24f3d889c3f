import {
  hostAddress,
  integer,
  mapped,
  name,
  object,
  port,
  type Reader,
  required,
  serviceRef,
  textMap,
  unionByKey,
  withDefault,
} from '../../schema/index.ts';
import type { GatewaySpec, InstanceSpec, Locality, WorkloadSpec } from '../../types.ts';

type Typed<S, P> = Omit<S, 'kind' | 'adminPort' | 'proxy'> & { readonly proxy: P };

interface SidecarPorts {
  readonly inbound: number;
  readonly outbound: number;
  readonly admin: number;
}

/** Where an instance has an address of its own, every sidecar may listen on the same ports. */
const usualPorts: SidecarPorts = { inbound: 15_006, outbound: 15_001, admin: 15_000 };

const locality = object<Locality>({ region: required('region', name), zone: required('zone', name) });

const common = {
  address: withDefault('address', hostAddress, '127.0.0.1'),
  locality: withDefault('locality', locality, { region: 'default', zone: 'default' }),
  port: required('port', port),
};

const instance = object<Typed<InstanceSpec, SidecarPorts>>({
  ...common,
  service: required('service', serviceRef),
  weight: withDefault('weight', integer({ min: 1, max: 128 }), 1),
  metadata: withDefault('metadata', textMap({ max: 32, maxValue: 256 }), {}),
  proxy: withDefault(
    'proxy',
    object<SidecarPorts>({
      inbound: withDefault('inbound', port, usualPorts.inbound),
      outbound: withDefault('outbound', port, usualPorts.outbound),
      admin: withDefault('admin', port, usualPorts.admin),
    }),
    usualPorts,
  ),
});

const gateway = object<Typed<GatewaySpec, Pick<SidecarPorts, 'admin'>>>({
  ...common,
  gateway: required('gateway', name),
  proxy: withDefault(
    'proxy',
    object<Pick<SidecarPorts, 'admin'>>({ admin: withDefault('admin', port, usualPorts.admin) }),
    {
      admin: usualPorts.admin,
    },
  ),
});

/** How the spec of a Workload is read: an instance names its service, a gateway names itself. */
export const workloadSchema: Reader<WorkloadSpec> = unionByKey<WorkloadSpec>({
  service: mapped(instance, ({ proxy: { admin, ...proxy }, ...spec }) => ({
    kind: 'instance',
    ...spec,
    proxy,
    adminPort: admin,
  })),
  gateway: mapped(gateway, ({ proxy, ...spec }) => ({ kind: 'gateway', ...spec, adminPort: proxy.admin })),
});
