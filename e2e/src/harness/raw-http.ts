import { connect as connectHttp2, constants, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';

/** What came back. `status` 0: the connection was closed without an answer. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of repeated ones the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly host?: string;
  /** In wire order; values are sent as latin1 bytes. Content-Length is added for a body unless it stands here. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
}

/** Sends a request over HTTP/1.1 byte for byte as it is given: nothing is checked, folded or encoded. */
export function sendHttp1(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method, target, host = 'pay.example', headers, body = new Uint8Array() } = request;
  const hasLength = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 && !hasLength ? [`Content-Length: ${body.length}`] : []),
    'Connection: close',
  ];
  return sendBytes(port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
}

/** Sends bytes and reads an answer: as long as its length says, else until the other side closes. */
export function sendBytes(port: number, bytes: Uint8Array): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // A proxy that refuses keeps the connection for a while, for clients that are still sending.
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) socket.destroy();
    });
    // A proxy that refuses early resets the connection while the body is still on its way.
    socket.on('error', (error) => (chunks.length > 0 ? resolve(parseAnswer(chunks)) : reject(error)));
    socket.on('close', () => resolve(parseAnswer(chunks)));
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2)) ?? [];
  return end >= 0 && length !== undefined && text.length >= end + 4 + Number(length);
}

function parseAnswer(chunks: readonly Buffer[]): RawAnswer {
  const text = Buffer.concat(chunks).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: text.slice(end + 4),
  };
}

/** Sends a request over HTTP/2 in clear; header names must be lower case. */
export function sendHttp2(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method, target, host = 'pay.example', headers, body } = request;
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.setTimeout(TIMEOUT_MS, () => session.destroy(new Error('no answer in time')));
    session.on('error', reject);
    const sent: OutgoingHttpHeaders = {
      ':method': method,
      ':path': target,
      ':authority': host,
      ':scheme': 'http',
    };
    for (const [name, value] of headers) {
      const before = sent[name];
      sent[name] = before === undefined ? value : [before, value].flat().map(String);
    }
    const stream = session.request(sent, { endStream: body === undefined });
    const chunks: Buffer[] = [];
    let status = 0;
    let answered: Record<string, string> = {};
    stream.on('response', (fields) => {
      status = Number(fields[constants.HTTP2_HEADER_STATUS]);
      answered = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined); // A reset is answered by `close` with status 0.
    stream.on('close', () => {
      session.destroy();
      resolve({ status, headers: answered, body: Buffer.concat(chunks).toString() });
    });
    if (body !== undefined) stream.end(body);
  });
}
