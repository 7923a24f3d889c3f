import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type HostPort, parseHostPort } from '@paymesh/common/config';
import {
  AggregatedDiscoveryService,
  type DiscoveryRequest,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
} from '@paymesh/common/envoy-discovery';
import { serviceDefinition, startGrpcServer } from '@paymesh/common/grpc';
import { POLICY_SET_TYPE_URL, PolicySetSchema } from '@paymesh/common/policy-set';
import type { SourceFile } from '@paymesh/common/source';

type Call = ServerDuplexStream<DiscoveryRequest, DiscoveryResponse>;

/** What a limiter said, in the words that tests compare. */
export interface Said {
  readonly node: string;
  readonly version: string;
  /** Version of the response that it answers; `first` where it answers none. */
  readonly to: string;
  readonly error?: string;
}

/** A control plane that serves what it is told to, right or wrong. */
export interface FakeControlPlane {
  readonly server: HostPort;
  readonly said: readonly Said[];
  /** Sends these to open streams, and to later ones that have another version. */
  serve(version: string, files: readonly SourceFile[]): void;
  /** Sends this to open streams as it is; its nonce is its version. */
  send(response: DiscoveryResponse): void;
  /** Ends all streams. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startFakeControlPlane(port = 0): Promise<FakeControlPlane> {
  const calls = new Set<Call>();
  const said: Said[] = [];
  let newest: DiscoveryResponse | undefined;
  const streamAggregatedResources = (call: Call): void => {
    calls.add(call);
    call.on('data', (request: DiscoveryRequest) => {
      const { node, versionInfo: version, responseNonce, errorDetail, typeUrl } = request;
      if (typeUrl !== POLICY_SET_TYPE_URL) throw new Error(`asked for ${typeUrl}`);
      const to = responseNonce === '' ? 'first' : responseNonce;
      said.push({ node: node?.id ?? '', version, to, ...(errorDetail && { error: errorDetail.message }) });
      if (to === 'first' && newest !== undefined && newest.versionInfo !== version) call.write(newest);
    });
    call.on('error', () => undefined);
    for (const event of ['end', 'close', 'cancelled']) call.on(event, () => calls.delete(call));
  };
  const grpc = await startGrpcServer({
    listen: { host: '127.0.0.1', port },
    services: [
      {
        definition: serviceDefinition(AggregatedDiscoveryService),
        implementation: { streamAggregatedResources, deltaAggregatedResources: () => undefined },
      },
    ],
  });
  const send = (response: DiscoveryResponse): void => {
    newest = response;
    for (const call of calls) call.write(response);
  };
  return {
    server: parseHostPort(grpc.address),
    said,
    send,
    serve: (version, files) => send(responseOf(version, files)),
    cut: () => {
      for (const call of calls) call.end();
    },
    stop: () => grpc.drain(0),
  };
}

function responseOf(version: string, files: readonly SourceFile[]): DiscoveryResponse {
  const set = create(PolicySetSchema, { files: files.map(({ path, text }) => ({ path, text })) });
  return create(DiscoveryResponseSchema, {
    versionInfo: version,
    nonce: version,
    typeUrl: POLICY_SET_TYPE_URL,
    resources: [anyPack(PolicySetSchema, set)],
  });
}
