import { resolve } from 'node:path';

export interface CurlInput {
  readonly url: string;
  readonly method: string;
  /** What curl takes as the body, `@FILE` included; undefined without one. */
  readonly body: string | undefined;
  readonly headers: readonly string[];
}

/** A line for a POSIX shell that sends exactly this. */
export function curlLine({ url, method, body, headers }: CurlInput): string {
  const hasType = headers.some((header) => /^content-type\s*:/i.test(header));
  const type = body === undefined || hasType ? [] : ['content-type: application/json'];
  return [
    // Globbing would make other URLs of one with [] or {} in its query.
    `curl -sS -i --path-as-is --globoff -X ${method}`,
    ...[...type, ...headers].map((header) => `-H ${quote(header)}`),
    ...(body === undefined ? [] : [`--data-binary ${quote(body)}`]),
    `-w '\\n'`,
    quote(url),
  ].join(' ');
}

/** A file stays a file, for its bytes may not be text. */
export function bodyWord(data: string | undefined): string | undefined {
  if (!data) return undefined;
  return data.startsWith('@') ? `@${resolve(data.slice(1))}` : data;
}

/** A word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
