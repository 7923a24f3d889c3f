import type { IncomingMessage } from 'node:http';

export type ReadJson =
  | { readonly kind: 'ok'; readonly json: unknown }
  | { readonly kind: 'error'; readonly status: 400 | 413; readonly error: string };

/** Reads the JSON body of a request, of at most so many bytes; one without a body gives undefined. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<ReadJson> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > maxBytes)
      return { kind: 'error', status: 413, error: `the body has more than ${maxBytes} bytes` };
    chunks.push(chunk as Buffer);
  }
  if (length === 0) return { kind: 'ok', json: undefined };
  try {
    return { kind: 'ok', json: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch (error) {
    return { kind: 'error', status: 400, error: `the body is no JSON: ${String(error)}` };
  }
}
