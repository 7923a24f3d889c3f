import type { WireHeaders } from './wire-headers.ts';

/** What is read of a CheckRequest. Texts are empty and numbers 0 where the proxy sent nothing. */
export interface WireCheck {
  /** Undefined for a check of something that is no HTTP request. */
  readonly http: WireHttp | undefined;
  readonly source: WirePeer;
  /** Set by the proxy's configuration. */
  readonly contextExtensions: ReadonlyMap<string, string>;
  /** What jwt_authn found: a google.protobuf.Struct, not looked into. */
  readonly jwtMetadata: Uint8Array | undefined;
}

/** `attributes.request.http`. */
export interface WireHttp {
  /** Number of the stream within Envoy, not x-request-id. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly scheme: string;
  /** Bytes of the body; 0 and -1: not stated. */
  readonly size: number;
  /** Text in which bytes may have been replaced; empty when `rawBody` is in use. */
  readonly body: string;
  /** Part of the request's buffer, as are the values of headers. */
  readonly rawBody: Uint8Array;
  /** Of `headers`: one entry a name, lines joined. */
  readonly mergedHeaders: ReadonlyMap<string, Uint8Array>;
  /** Of `header_map`: one entry a line, exact bytes. Names in lower case. */
  readonly headerLines: WireHeaders;
}

/** `attributes.source`. */
export interface WirePeer {
  /** Of a socket address; empty for any other. */
  readonly address: string;
  readonly port: number;
  readonly principal: string;
  readonly certificate: string;
}
