import { findingLine } from '@paymesh/common/policy';
import type { StatusReport } from '@paymesh/control-plane';

import { table } from '../output/index.ts';

type Proxy = StatusReport['proxies'][number];
type ResourceType = keyof NonNullable<Proxy['types']>;

const TYPES: readonly ResourceType[] = ['cluster', 'endpoint', 'listener', 'route', 'policySet'];

/** In the order of TYPES; the last is for rate limiters that have their policies from here. */
const HEAD = ['NODE', 'STATE', 'CLUSTERS', 'ENDPOINTS', 'LISTENERS', 'ROUTES', 'POLICIES', 'CONNECTED SINCE'];

/** The status of the control plane for people: what is in force, every proxy, and what is wrong. */
export function renderStatus(status: StatusReport): string {
  const rows = status.proxies.map((proxy) => [
    proxy.node,
    stateOf(proxy),
    ...TYPES.map((type) => typeState(proxy, type)),
    proxy.connectedSince ?? '',
  ]);
  return [
    `revision ${status.revision ?? 'none'}, in force since ${status.lastGoodSince ?? 'never'}`,
    ...(status.isBehind ? ['the newest edit was rejected: the proxies run the policies before it'] : []),
    ...(status.failure === undefined ? [] : [status.failure]),
    ...status.findings.map(findingLine),
    '',
    table([HEAD, ...rows]),
    ...status.proxies.flatMap(refusals),
  ].join('\n');
}

function stateOf({ isConnected, isKnown, isUpToDate }: Proxy): string {
  if (!isKnown) return 'unknown';
  if (!isConnected) return 'not connected';
  return isUpToDate ? 'up to date' : 'behind';
}

/** Nothing of a type that a control plane of an earlier version does not serve. */
function reportOf({ types }: Proxy, type: ResourceType) {
  const served: Partial<NonNullable<Proxy['types']>> = types ?? {};
  return served[type];
}

function typeState(proxy: Proxy, type: ResourceType): string {
  const report = reportOf(proxy, type);
  if (report?.sent === undefined) return '-';
  if (report.nacks.length > 0) return 'REFUSED';
  if (report.isLate) return 'no answer';
  return report.acked === report.sent ? 'acked' : 'sent';
}

function refusals(proxy: Proxy): readonly string[] {
  return TYPES.flatMap((type) =>
    (reportOf(proxy, type)?.nacks ?? []).flatMap(({ message, sources }) => [
      '',
      `${proxy.node} refused ${type === 'policySet' ? 'its policies' : `a ${type}`}: ${message}`,
      ...sources.map((source) => `  typed at ${source}`),
    ]),
  );
}
