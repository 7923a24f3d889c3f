import type { RawRequest } from '../../harness/index.ts';

/** Changes the value of a header where it stands. */
export function bent(request: RawRequest, name: string, change: (value: string) => string): RawRequest {
  const headers = request.headers.map((line) =>
    line[0] === name ? ([name, change(line[1])] as const) : line,
  );
  return { ...request, headers };
}

/** Adds lines at the end. */
export function added(
  request: RawRequest,
  ...lines: readonly (readonly [name: string, value: string])[]
): RawRequest {
  return { ...request, headers: [...request.headers, ...lines] };
}

export function without(request: RawRequest, name: string): RawRequest {
  return { ...request, headers: request.headers.filter(([other]) => other !== name) };
}

export function headerOf(request: RawRequest, name: string): string {
  return request.headers.find(([other]) => other === name)?.[1] ?? '';
}

export function withBody(request: RawRequest, body: string | Uint8Array): RawRequest {
  return { ...request, body: Buffer.from(body) };
}
