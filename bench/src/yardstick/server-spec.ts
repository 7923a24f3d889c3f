/** Which server a process is. */
export type ServerSpec =
  | { readonly kind: 'ext-authz'; readonly configDir: string; readonly redisUrl?: string | undefined }
  | {
      readonly kind: 'rate-limiter';
      readonly configDir: string;
      readonly redisUrl?: string | undefined;
      /** Default: free ones. */
      readonly ports?: { readonly listen: number; readonly rlqs: number };
    }
  | { readonly kind: 'grpc-js echo' | 'http2 echo' | 'own echo'; readonly path: string };
