import type { AdminHandler } from '@paymesh/common/admin';

import { type SnapshotStore, snapshotToJson } from '../snapshot/index.ts';
import type { StatusReport } from '../status/index.ts';

export interface AdminRoutes {
  readonly store: SnapshotStore;
  readonly report: () => StatusReport;
}

/** The paths that `paymesh proxy status` and its user read. */
export function adminRoutes({ store, report }: AdminRoutes): Readonly<Record<string, AdminHandler>> {
  return {
    '/status': report,
    '/snapshot': ({ url }) => {
      const node = new URL(url ?? '/', 'http://admin').searchParams.get('node') ?? '';
      const snapshot = store.get(node);
      if (snapshot !== undefined) {
        return { node, version: snapshot.version, resources: snapshotToJson(snapshot) };
      }
      const nodes = [...(store.current()?.nodes.keys() ?? [])];
      return { error: `no such node: "${node}"; ask for /snapshot?node=NAME`, nodes };
    },
  };
}
