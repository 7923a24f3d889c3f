import { create } from '@bufbuild/protobuf';
import {
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
} from '@paymesh/common/envoy-discovery';

import { type NodeSnapshot, type Resource, type ResourceType, TYPE_URL } from '../../snapshot/index.ts';
import { createKnownLists, type KnownLists } from '../known-lists.ts';
import { SPARE_MS } from '../phases.ts';
import type { Flush, Session, SessionEvent } from '../session.ts';
import { createSotwSession } from '../sotw/session.ts';

export interface RequestFields {
  readonly names?: readonly string[];
  readonly version?: string;
  readonly nonce?: string;
  /** Text of error_detail; makes the request a NACK. */
  readonly error?: string;
}

/** A request as a client would send it. */
export function requestOf(
  type: ResourceType,
  { names = [], version = '', nonce = '', error }: RequestFields = {},
): DiscoveryRequest {
  return create(DiscoveryRequestSchema, {
    typeUrl: TYPE_URL[type],
    resourceNames: [...names],
    versionInfo: version,
    responseNonce: nonce,
    ...(error === undefined ? {} : { errorDetail: { code: 13, message: error } }),
  });
}

/** A response in the few words that tests compare. */
export interface SeenResponse {
  readonly type: ResourceType;
  /** `name=content` of each resource. */
  readonly resources: readonly string[];
  readonly version: string;
  readonly nonce: string;
}

/** A session driven step by step, with time standing still unless moved. */
export interface Driver {
  readonly session: Session<DiscoveryRequest, DiscoveryResponse>;
  readonly events: SessionEvent[];
  request(type: ResourceType, fields?: RequestFields): readonly SeenResponse[];
  /** Several requests before the server gets to answer. */
  requests(...requests: readonly DiscoveryRequest[]): readonly SeenResponse[];
  publish(target: NodeSnapshot): readonly SeenResponse[];
  advance(ms: number): readonly SeenResponse[];
}

export function driveSotw(target: NodeSnapshot, known: KnownLists = createKnownLists(10)): Driver {
  let nowMs = 0;
  const session = createSotwSession({ first: target, nowMs, known, spareMs: SPARE_MS });
  const events: SessionEvent[] = [];
  const flush = () => {
    const flushed: Flush<DiscoveryResponse> = session.flush(nowMs);
    events.push(...flushed.events);
    return flushed.responses.map(seen);
  };
  const requests = (...list: readonly DiscoveryRequest[]) => {
    for (const request of list) session.request(request, nowMs);
    return flush();
  };
  return {
    session,
    events,
    requests,
    request: (type, fields) => requests(requestOf(type, fields)),
    publish: (next) => {
      session.retarget(next, nowMs);
      return flush();
    },
    advance: (ms) => {
      nowMs += ms;
      return flush();
    },
  };
}

/** Reads a response whose resources are plainResource. */
export function seen({ typeUrl, resources, versionInfo, nonce }: DiscoveryResponse): SeenResponse {
  const type = (Object.keys(TYPE_URL) as ResourceType[]).find((one) => TYPE_URL[one] === typeUrl);
  if (type === undefined) throw new Error(`unknown type_url ${typeUrl}`);
  return { type, resources: resources.map(({ value }) => decode(value)), version: versionInfo, nonce };
}

/** A resource of no Envoy type: its bytes are `name=content`. */
export function plain(type: ResourceType, name: string, content: string): Resource {
  return { type, name, version: `${name}-${content}`, bytes: new TextEncoder().encode(`${name}=${content}`) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
