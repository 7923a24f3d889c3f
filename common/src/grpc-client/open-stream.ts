import {
  type DescMessage,
  type DescMethodBiDiStreaming,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Client, type ClientDuplexStream, credentials, type StatusObject, status } from '@grpc/grpc-js';

import { formatHostPort, type HostPort } from '../config/index.ts';
import { LIMITS } from '../grpc/index.ts';

export interface OpenStreamOptions<Input extends DescMessage, Output extends DescMessage> {
  readonly server: HostPort;
  readonly method: DescMethodBiDiStreaming<Input, Output>;
  /** Largest message taken, in bytes. Default 4 MiB. */
  readonly maxReceiveBytes?: number;
  /** The connection stands: messages may be sent. */
  readonly onOpen: () => void;
  /** Must not throw. */
  readonly onMessage: (message: MessageShape<Output>) => void;
  /** Called once, whoever ended the stream, but not after `close`. A connection that never stood is UNAVAILABLE. */
  readonly onEnd: (end: Pick<StatusObject, 'code' | 'details'>) => void;
}

export interface OpenStream<Input extends DescMessage> {
  /** Does nothing after the end. */
  send(message: MessageShape<Input>): void;
  close(): void;
}

/** A server that does not take a connection in this time is away, in milliseconds. */
const CONNECT_MS = 5_000;

/** Opens one stream over a plaintext connection of its own, which ends with it. A silent server is pinged. */
export function openStream<Input extends DescMessage, Output extends DescMessage>(
  options: OpenStreamOptions<Input, Output>,
): OpenStream<Input> {
  const { server, method, onOpen, onMessage, onEnd } = options;
  const address = formatHostPort(server);
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? LIMITS.maxReceiveBytes,
    'grpc.keepalive_time_ms': LIMITS.keepaliveMs,
    'grpc.keepalive_timeout_ms': LIMITS.keepaliveTimeoutMs,
    // A new stream asks DNS again, and does not wait for what an old connection learned.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
  });
  const call: ClientDuplexStream<MessageShape<Input>, MessageShape<Output>> = client.makeBidiStreamRequest(
    `/${method.parent.typeName}/${method.name}`,
    (message: MessageShape<Input>) => Buffer.from(toBinary(method.input, message)),
    (bytes) => fromBinary(method.output, bytes),
  );
  let isOver = false;
  const close = (): void => {
    isOver = true;
    call.cancel();
    client.close();
  };
  const end = ({ code, details }: Pick<StatusObject, 'code' | 'details'>): void => {
    if (isOver) return;
    close();
    onEnd({ code, details });
  };
  call.on('data', (message: MessageShape<Output>) => {
    if (!isOver) onMessage(message);
  });
  // The status tells the same.
  call.on('error', () => undefined);
  call.on('status', end);
  client.waitForReady(Date.now() + CONNECT_MS, (error) => {
    if (isOver) return;
    if (error === undefined) onOpen();
    else end({ code: status.UNAVAILABLE, details: `no connection to ${address} within ${CONNECT_MS} ms` });
  });
  return {
    send: (message) => {
      if (!isOver) call.write(message);
    },
    close,
  };
}
