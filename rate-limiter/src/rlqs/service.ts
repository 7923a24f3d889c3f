import {
  Code,
  type RateLimitQuotaResponse,
  RateLimitQuotaService,
  type RateLimitQuotaUsageReports,
} from '@paymesh/common/envoy-rlqs';
import { type GrpcServerOptions, serviceDefinition } from '@paymesh/common/grpc';
import type { Logger } from '@paymesh/common/log';

import { buildResponse, readReport } from './message.ts';
import type { Quotas } from './quotas.ts';

export interface RlqsServiceOptions {
  readonly quotas: Quotas;
  /** Whether there are rules: without them nobody is told that all may pass. */
  readonly hasRules: () => boolean;
  readonly log: Logger;
}

type GrpcService = GrpcServerOptions['services'][number];

/** As much of a grpc-js stream as is used here. */
interface Call {
  getPeer(): string;
  on(event: 'data', listener: (report: RateLimitQuotaUsageReports) => void): void;
  on(event: 'drain' | 'end' | 'close' | 'cancelled' | 'error', listener: () => void): void;
  write(response: RateLimitQuotaResponse): boolean;
  end(): void;
  emit(event: 'error', error: { code: number; details: string }): void;
}

/** envoy.service.rate_limit_quota.v3.RateLimitQuotaService, ready for a gRPC server. */
export function createRlqsService(options: RlqsServiceOptions): GrpcService {
  return {
    definition: serviceDefinition(RateLimitQuotaService),
    implementation: { streamRateLimitQuotas: (call: Call) => serve(options, call) },
  };
}

function serve({ quotas, hasRules, log }: RlqsServiceOptions, call: Call): void {
  const peer = call.getPeer();
  const fail = (code: number, details: string): void => {
    log.warn({ peer, details }, 'a quota stream was refused');
    call.emit('error', { code, details });
  };
  if (!hasRules()) {
    fail(Code.UNAVAILABLE, 'no configuration yet');
    return;
  }
  const stream = quotas.open(peer, (actions) => call.write(buildResponse(actions)));
  if (stream === undefined) {
    fail(Code.RESOURCE_EXHAUSTED, 'as many quota streams as this limiter keeps');
    return;
  }
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stream.close();
    log.info({ peer }, 'quota stream closed');
  };
  log.info({ peer }, 'quota stream opened');
  call.on('data', (report) => {
    if (!isOpen) return;
    const result = stream.report(report.domain, readReport(report));
    if (result.kind === 'taken') return;
    close();
    fail(Code.INVALID_ARGUMENT, result.message);
  });
  call.on('drain', () => stream.resume());
  call.on('end', () => {
    close();
    call.end();
  });
  call.on('close', close);
  call.on('cancelled', close);
  // The connection is gone; it is told of by the closing.
  call.on('error', close);
}
