import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  Authorization,
  type CheckRequest,
  CheckResponseSchema,
  type StatusCode,
} from '@paymesh/common/envoy-auth';
import {
  type RateLimitRequest,
  RateLimitResponse_Code,
  RateLimitResponseSchema,
  RateLimitService,
} from '@paymesh/common/envoy-ratelimit';
import { serviceDefinition, startGrpcServer } from '@paymesh/common/grpc';

type CheckAnswer = MessageInitShape<typeof CheckResponseSchema>;

/** A stand-in for ext-authz and the rate limiter on one port, with what it was asked. */
export interface PolicyServices {
  readonly port: number;
  readonly checks: CheckRequest[];
  readonly limits: RateLimitRequest[];
  /** Default: allow. */
  answerChecks(answer: CheckAnswer): void;
  /** Default: OK, without metadata. */
  answerLimits(code: RateLimitResponse_Code, metadata?: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

/** Allows with the headers that ext-authz sets. */
export const ALLOW: CheckAnswer = {
  status: { code: 0 },
  httpResponse: {
    case: 'okResponse',
    value: {
      headers: [
        { header: { key: 'x-paymesh-principal', value: 'merchant-a' } },
        { header: { key: 'x-smuggled', value: 'yes' } },
      ],
    },
  },
  dynamicMetadata: { policy: 'pay/signed', decision: 'allow', principal: 'merchant-a', reason: 'ok' },
};

/** Allows, and asks for headers that ext-authz never asks for. */
export function allowWith(changes: {
  readonly set?: readonly (readonly [name: string, value: string])[];
  readonly remove?: readonly string[];
  readonly query?: readonly (readonly [name: string, value: string])[];
}): CheckAnswer {
  const { set = [], remove = [], query = [] } = changes;
  return {
    status: { code: 0 },
    httpResponse: {
      case: 'okResponse',
      value: {
        headers: set.map(([key, value]) => ({ header: { key, value } })),
        headersToRemove: [...remove],
        queryParametersToSet: query.map(([key, value]) => ({ key, value })),
      },
    },
  };
}

/** Denies as ext-authz does. */
export function deny(status: StatusCode, code: string): CheckAnswer {
  return {
    status: { code: 7 },
    httpResponse: {
      case: 'deniedResponse',
      value: { status: { code: status }, body: JSON.stringify({ code }) },
    },
    dynamicMetadata: { policy: 'pay/signed', decision: 'deny', reason: code },
  };
}

export async function startPolicyServices(): Promise<PolicyServices> {
  const checks: CheckRequest[] = [];
  const limits: RateLimitRequest[] = [];
  let check: CheckAnswer = ALLOW;
  let limit = limitAnswer(RateLimitResponse_Code.OK);
  const server = await startGrpcServer({
    listen: { host: '127.0.0.1', port: 0 },
    services: [
      {
        definition: serviceDefinition(Authorization),
        implementation: {
          check: ({ request }: { request: CheckRequest }, answer: (error: null, value: object) => void) => {
            checks.push(request);
            answer(null, create(CheckResponseSchema, check));
          },
        },
      },
      {
        definition: serviceDefinition(RateLimitService),
        implementation: {
          shouldRateLimit: (
            { request }: { request: RateLimitRequest },
            answer: (error: null, value: object) => void,
          ) => {
            limits.push(request);
            answer(null, limit);
          },
        },
      },
    ],
  });
  server.setServing(true);
  return {
    port: Number(server.address.split(':').at(-1)),
    checks,
    limits,
    answerChecks: (next) => {
      check = next;
    },
    answerLimits: (code, metadata) => {
      limit = limitAnswer(code, metadata);
    },
    stop: () => server.drain(0),
  };
}

function limitAnswer(code: RateLimitResponse_Code, metadata: Readonly<Record<string, string>> = {}) {
  return create(RateLimitResponseSchema, {
    overallCode: code,
    dynamicMetadata: { ...metadata },
    statuses: [
      {
        code,
        currentLimit: { requestsPerUnit: 10, unit: 1, name: 'burst' },
        limitRemaining: 0,
        durationUntilReset: { seconds: 7n },
      },
    ],
  });
}
