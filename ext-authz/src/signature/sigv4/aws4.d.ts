/** The part of npm aws4 that the tests use; it has no types of its own. */
declare module 'aws4' {
  export interface Aws4Request {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    readonly service: string;
    readonly region: string;
    readonly body: string;
    /** aws4 puts a number for Content-Length. */
    readonly headers: Record<string, string | number>;
    readonly extraHeadersToIgnore?: Record<string, boolean>;
  }

  export function sign(
    request: Aws4Request,
    credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  ): Aws4Request;
}
