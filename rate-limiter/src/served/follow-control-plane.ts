import { formatHostPort, type HostPort } from '@paymesh/common/config';
import {
  AggregatedDiscoveryService,
  type DiscoveryRequestSchema,
  type DiscoveryResponse,
} from '@paymesh/common/envoy-discovery';
import { type OpenStream, openStream } from '@paymesh/common/grpc-client';
import type { Logger } from '@paymesh/common/log';
import { limiterNode, POLICY_SET_TYPE_URL } from '@paymesh/common/policy-set';
import { keepUnchanged } from '@paymesh/common/source';

import { type Asking, readResponse, requestOf } from './messages.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { ServedSet } from './types.ts';

/** Which control plane, and who asks it. */
export interface ControlPlane {
  readonly server: HostPort;
  /** Name by which it shows this limiter, such as that of the host. */
  readonly name: string;
}

export interface FollowOptions extends ControlPlane {
  /** Version of the set in force, '' before the first: a control plane that has the same sends nothing. */
  readonly version: () => string;
  /** Takes a set over, so that `version` is its; or gives why it is refused, and the one before stays. */
  readonly onSet: (set: ServedSet) => string | undefined;
  readonly onConnected: (isConnected: boolean) => void;
  readonly log: Logger;
  /** From 0 to 1, for the pauses between tries. Default Math.random. */
  readonly random?: () => number;
}

export interface Following {
  /** The set that was refused last holds now: says so, in the one way that the protocol has, by a new stream. */
  tellAgain(): void;
  close(): void;
}

/** A set of 10 000 policies has some 10 MB. */
const MAX_RECEIVE_BYTES = 64 * 1024 * 1024;
/** A stream that lasted so long was a good one, though nothing new came on it; in milliseconds. */
const GOOD_STREAM_MS = 10_000;

/** Takes over what a control plane serves, from now until `close`, and connects again whenever the stream ends. */
export function followControlPlane(options: FollowOptions): Following {
  return new Follower(options);
}

class Follower implements Following {
  readonly #options: FollowOptions;
  readonly #node: string;
  #stream: OpenStream<typeof DiscoveryRequestSchema> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  /** Undefined while there is no connection. */
  #openedMs: number | undefined;
  /** Why the last stream ended: a cause that stays is told once. */
  #lastEnd = '';
  #files: ServedSet['files'] = [];

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#node = limiterNode(options.name);
    this.#setConnected(false);
    this.#connect();
  }

  tellAgain(): void {
    this.close();
    this.#connect();
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#stream?.close();
    this.#setConnected(false);
  }

  #connect(): void {
    this.#stream = openStream({
      server: this.#options.server,
      method: AggregatedDiscoveryService.method.streamAggregatedResources,
      maxReceiveBytes: MAX_RECEIVE_BYTES,
      onOpen: () => {
        this.#setConnected(true);
        this.#ask({});
      },
      onMessage: (response) => this.#take(response),
      onEnd: ({ code, details }) => this.#connectLater(`${details} (gRPC status ${code})`),
    });
  }

  #take(response: DiscoveryResponse): void {
    if (response.typeUrl !== POLICY_SET_TYPE_URL) return;
    this.#attempt = 0;
    this.#ask({ nonce: response.nonce, refusal: this.#refusalOf(response) });
  }

  #refusalOf(response: DiscoveryResponse): string | undefined {
    const { onSet, log } = this.#options;
    const read = readResponse(response);
    if ('refusal' in read) return read.refusal;
    const { version } = read.set;
    this.#files = keepUnchanged(read.set.files, this.#files);
    try {
      return onSet({ version, files: this.#files });
    } catch (error) {
      // Told to the control plane too: without an answer it would look like a limiter that hangs.
      log.error({ err: error, version }, 'a defect kept the policies of the control plane out');
      return 'a defect of the rate limiter; its log tells more';
    }
  }

  #ask(answer: Pick<Asking, 'nonce' | 'refusal'>): void {
    this.#stream?.send(requestOf({ node: this.#node, version: this.#options.version(), ...answer }));
  }

  #connectLater(end: string): void {
    const { log, server, random = Math.random } = this.#options;
    const wasGood = this.#openedMs !== undefined && performance.now() - this.#openedMs >= GOOD_STREAM_MS;
    if (wasGood) this.#attempt = 0;
    this.#setConnected(false);
    if (end !== this.#lastEnd) {
      log.warn(
        { controlPlane: formatHostPort(server), end },
        'the control plane is away: trying again, policies stay as they are',
      );
    }
    this.#lastEnd = end;
    this.#retry = setTimeout(() => this.#connect(), retryDelayMs(this.#attempt, random()));
    this.#attempt += 1;
  }

  #setConnected(isConnected: boolean): void {
    this.#openedMs = isConnected ? performance.now() : undefined;
    this.#options.onConnected(isConnected);
  }
}
