/** What a server answered, or why it could not be asked. */
export type Fetched =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface FetchRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest time for the whole answer, in milliseconds. Default 5 000. */
  readonly timeoutMs?: number;
}

/** Gets a text. Never rejects. */
export type FetchText = (request: FetchRequest) => Promise<Fetched>;

const TIMEOUT_MS = 5_000;
/** Largest answer, in bytes. */
const MAX_BYTES = 262_144;

/**
 * Gets a text by HTTP: only what the URL itself answers with 200, whole and in time. Redirects are refused, for they
 * would let the answer come from anywhere.
 */
export const fetchText: FetchText = async ({ url, headers = {}, timeoutMs = TIMEOUT_MS }) => {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { kind: 'failed', why: `it answered with status ${response.status}` };
    }
    return await readText(response);
  } catch (error) {
    return { kind: 'failed', why: reasonOf(error, timeoutMs) };
  }
};

/** Counted after decompression, so that a small answer cannot become a large one. */
async function readText({ body }: Response): Promise<Fetched> {
  if (body === null) return { kind: 'text', text: '' };
  const stream: AsyncIterable<Uint8Array> = body;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.byteLength;
    // Leaving the loop cancels the rest of the answer.
    if (bytes > MAX_BYTES) return { kind: 'failed', why: `its answer is larger than ${MAX_BYTES} bytes` };
    parts.push(part);
  }
  return { kind: 'text', text: Buffer.concat(parts).toString('utf8') };
}

/** `fetch failed` says nothing; its cause has the code. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (memberOf(error, 'name') === 'TimeoutError') return `it did not answer within ${timeoutMs} ms`;
  const code = memberOf(memberOf(error, 'cause'), 'code');
  return typeof code === 'string' ? `it cannot be reached (${code})` : 'it cannot be reached';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
