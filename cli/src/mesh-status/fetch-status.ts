import type { StatusReport } from '@paymesh/control-plane';

import { CommandError, EXIT } from '../output/index.ts';

/** Longest wait for the control plane, in milliseconds. */
const STATUS_TIMEOUT_MS = 5_000;

/** What the control plane knows, from its admin port (HOST:PORT); throws a CommandError that says what to do. */
export async function fetchStatus(admin: string): Promise<StatusReport> {
  try {
    const response = await fetch(`http://${admin}/status`, {
      signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
    });
    const report: unknown = await response.json();
    if (isStatus(report)) return report;
    throw new Error(`what answered ${response.status} is not a control plane`);
  } catch (error) {
    throw new CommandError(
      `no control plane answers on ${admin}: start one (npm run demo), or name its admin port with --admin HOST:PORT`,
      EXIT.unreachable,
      { cause: error },
    );
  }
}

/** Another program may listen there: a service of the mesh answers JSON too. */
function isStatus(report: unknown): report is StatusReport {
  return (
    typeof report === 'object' && report !== null && 'proxies' in report && Array.isArray(report.proxies)
  );
}
