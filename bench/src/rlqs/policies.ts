/** Where the parts of the measured mesh are, by port on loopback. */
export interface MeshPorts {
  readonly upstream: number;
  readonly ads: number;
  readonly limiter: number;
  readonly rlqs: number;
  /** The gateway without limits that it keeps itself. */
  readonly plain: number;
  /** The Envoy with nothing but a quota. */
  readonly bare: number;
  /** Three gateways that keep limits. */
  readonly edges: readonly number[];
  /** Of the admin interface of each Envoy, the plain one first. */
  readonly admins: readonly number[];
}

/** The paths of the routes that are measured. */
export const PATHS = {
  none: '/none',
  service: '/service',
  proxy: '/proxy',
  /** No limit, on a gateway where other routes have some. */
  beside: '/beside',
  counted: '/counted',
} as const;

/** The limit whose admitted total is counted, in requests a minute. */
export const COUNTED_PER_MINUTE = 6_000;

/** No run reaches it. */
const UNREACHED = '4000000000/s';

/** The documents of the mesh. */
export function policies(ports: MeshPorts): string {
  const at = (port: number): string => `"127.0.0.1:${port}"`;
  const edges = ports.edges.map((port, index) =>
    gateway(`edge-${index + 1}`, 'edge', port, ports.admins[index + 1]),
  );
  return [
    document(
      'MeshDefaults',
      'default',
      [
        `controlPlane: {listen: ${at(ports.ads)}, admin: ${at(2)}}`,
        `extAuthz: {endpoints: [${at(3)}], admin: ${at(7)}}`,
        `rateLimiter: {endpoints: [${at(ports.limiter)}], quotaEndpoints: [${at(ports.rlqs)}], admin: ${at(1)}, timeout: 1s}`,
      ].join(', '),
    ),
    document('Service', 'payments', ''),
    gateway('plain', 'plain', ports.plain, ports.admins[0]),
    ...edges,
    // The upstream stands where the sidecar of the program would.
    document(
      'Workload',
      'payments-1',
      `service: payments, port: 4, proxy: {inbound: ${ports.upstream}, outbound: 5, admin: 6}`,
    ),
    route('none', 'plain'),
    route('beside', 'edge'),
    limitedRoute('service', 'plain', `rate: ${UNREACHED}`),
    limitedRoute('proxy', 'edge', `rate: ${UNREACHED}, enforce: proxy`),
    limitedRoute('counted', 'edge', `rate: ${COUNTED_PER_MINUTE}/m, enforce: proxy`),
  ].join('');
}

function gateway(name: string, group: string, port: number, admin: number | undefined): string {
  return document('Workload', name, `gateway: ${group}, port: ${port}, proxy: {admin: ${admin}}`);
}

function route(name: keyof typeof PATHS, parent: string): string {
  return document(
    'Route',
    name,
    `service: payments, parent: ${parent}, match: [{path: {exact: ${PATHS[name]}}}]`,
  );
}

function limitedRoute(name: keyof typeof PATHS, parent: string, limit: string): string {
  const spec = `targetRefs: [{kind: Route, name: ${name}}], limits: [{name: all, ${limit}}], onStoreDown: {fallback: Open}`;
  return route(name, parent) + document('RateLimitPolicy', name, spec);
}

function document(kind: string, name: string, spec: string): string {
  return `---\napiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: pay}\nspec: {${spec}}\n`;
}
