import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

import { startUnaryServer } from '../grpc/index.ts';

/** A span as it came over the wire; ids in hex, `parentSpanId` empty for a root. */
export interface ReceivedSpan {
  /** `service.name` of who sent it. */
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Those that are text. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A collector that keeps what it is told. */
export interface OtlpReceiver {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly spans: readonly ReceivedSpan[];
  stop(): Promise<void>;
}

/** Messages by field number: bytes of each value in the order of the wire. */
type Fields = ReadonlyMap<number, readonly Uint8Array[]>;

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** Listens for OTLP/gRPC (opentelemetry-proto, collector/trace/v1); answers with the empty message, which is "all taken". */
export async function startOtlpReceiver(port = 0): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = await startUnaryServer({
    listen: { host: '127.0.0.1', port },
    services: {
      [PATH]: (message) => {
        for (const resource of messagesIn(fieldsOf(message), 1)) spans.push(...spansOf(resource));
        return new Uint8Array();
      },
    },
  });
  return { address: server.address, spans, stop: () => server.drain(0) };
}

/** ResourceSpans: 1 the resource, 2 the spans by scope. */
function spansOf(resourceSpans: Fields): readonly ReceivedSpan[] {
  const [resource] = messagesIn(resourceSpans, 1);
  const service = resource === undefined ? '' : (textAttributes(resource, 1)['service.name'] ?? '');
  return messagesIn(resourceSpans, 2).flatMap((scope) =>
    messagesIn(scope, 2).map((span) => ({
      service,
      name: text(span, 5),
      traceId: hex(span, 1),
      spanId: hex(span, 2),
      parentSpanId: hex(span, 4),
      attributes: textAttributes(span, 9),
    })),
  );
}

/** KeyValue: 1 the key, 2 the value, whose 1 is text. */
function textAttributes(message: Fields, field: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    messagesIn(message, field).map((pair) => {
      const [value] = messagesIn(pair, 2);
      return [text(pair, 1), value === undefined ? '' : text(value, 1)];
    }),
  );
}

function messagesIn(message: Fields, field: number): readonly Fields[] {
  return (message.get(field) ?? []).map(fieldsOf);
}

function text(message: Fields, field: number): string {
  return Buffer.from(message.get(field)?.[0] ?? []).toString('utf8');
}

function hex(message: Fields, field: number): string {
  return Buffer.from(message.get(field)?.[0] ?? []).toString('hex');
}

function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited)
      // A copy: the bytes of a call are good until it is answered.
      fields.set(number, [...(fields.get(number) ?? []), Uint8Array.from(reader.bytes())]);
    else reader.skip(type, number);
  }
  return fields;
}
