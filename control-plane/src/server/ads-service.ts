import type { DiscoveryRequest, DiscoveryResponse } from '@paymesh/common/envoy-discovery';

import type { SnapshotStore } from '../snapshot/index.ts';
import { type Admission, type AdmissionOptions, createAdmission } from './admission.ts';
import { type AdsCall, type AdsStream, runStream } from './ads-stream.ts';
import type { AdsObserver } from './events.ts';
import { GRPC_STATUS } from './grpc-status.ts';
import { createKnownLists } from './known-lists.ts';
import { SPARE_MS } from './phases.ts';
import { createSotwSession } from './sotw/session.ts';

export interface AdsServiceOptions {
  readonly store: SnapshotStore;
  /** Receives the events of all streams. */
  readonly observe: AdsObserver;
  /** Default 200 streams a second after a burst of 400, at most 5 s of waiting. */
  readonly admission?: AdmissionOptions;
  /** How long a client may leave a response unread, in milliseconds. Default 10 000. */
  readonly writeDeadlineMs?: number;
  /** How long a cluster stays when no route names it any more, in milliseconds. Default 60 000. */
  readonly spareMs?: number;
}

export interface AdsService {
  readonly methods: AdsMethods;
  /** Ends all streams; their clients reconnect. */
  endAll(): void;
}

/** The methods of envoy.service.discovery.v3.AggregatedDiscoveryService. */
export type AdsMethods = {
  readonly streamAggregatedResources: (call: AdsCall<DiscoveryRequest, DiscoveryResponse>) => void;
  readonly deltaAggregatedResources: (call: Pick<AdsCall<unknown, unknown>, 'emit' | 'on'>) => void;
};

const DEFAULT_ADMISSION: AdmissionOptions = { ratePerSecond: 200, burst: 400, maxWaitMs: 5_000 };
/** Lists remembered for proxies that reconnect; each is a map of references. */
const KNOWN_LISTS = 1_024;
/** A client that does not read for so long loses its stream; it reconnects when it is back. */
const DEFAULT_WRITE_DEADLINE_MS = 10_000;

/** The aggregated discovery service over this store, without a transport. */
export function createAdsService(options: AdsServiceOptions): AdsService {
  const admission: Admission = createAdmission(options.admission ?? DEFAULT_ADMISSION);
  const known = createKnownLists(KNOWN_LISTS);
  const spareMs = options.spareMs ?? SPARE_MS;
  const streams = new Set<AdsStream>();
  let opened = 0;
  const serveSotw = (call: AdsCall<DiscoveryRequest, DiscoveryResponse>) => {
    const waitMs = admission.admit(monotonicNow());
    if (waitMs === undefined) {
      call.emit('error', { code: GRPC_STATUS.unavailable, details: 'too many proxies connect at once' });
      return;
    }
    opened += 1;
    const stream = runStream<DiscoveryRequest, DiscoveryResponse>({
      call,
      stream: opened,
      store: options.store,
      observe: options.observe,
      createSession: (first, nowMs) => createSotwSession({ first, nowMs, known, spareMs }),
      waitMs,
      now: monotonicNow,
      writeDeadlineMs: options.writeDeadlineMs ?? DEFAULT_WRITE_DEADLINE_MS,
      onClosed: () => streams.delete(stream),
    });
    streams.add(stream);
  };
  return {
    methods: { streamAggregatedResources: serveSotw, deltaAggregatedResources: refuseDelta },
    endAll: () => {
      for (const stream of [...streams]) stream.end();
    },
  };
}

function refuseDelta(call: Pick<AdsCall<unknown, unknown>, 'emit' | 'on'>): void {
  call.on('error', () => undefined);
  call.emit('error', {
    code: GRPC_STATUS.unimplemented,
    details: 'the delta protocol is not served; set api_type: GRPC in ads_config',
  });
}

/** Milliseconds of the Unix epoch with fractions; a step of the system clock does not move it. */
function monotonicNow(): number {
  return performance.timeOrigin + performance.now();
}
