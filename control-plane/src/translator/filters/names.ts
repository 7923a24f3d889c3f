/** Names in the chain are also the keys of the configuration per route: one that differs is ignored silently. */
export const EXT_AUTHZ = 'envoy.filters.http.ext_authz';
export const EXT_AUTHZ_SHADOW = 'paymesh.ext_authz.shadow';
export const JWT_AUTHN = 'envoy.filters.http.jwt_authn';
export const RBAC = 'envoy.filters.http.rbac';
export const RATE_LIMIT_OPEN = 'paymesh.ratelimit.open';
export const RATE_LIMIT_CLOSED = 'paymesh.ratelimit.closed';
export const LOCAL_RATE_LIMIT = 'envoy.filters.http.local_ratelimit';
export const HEADER_MUTATION = 'envoy.filters.http.header_mutation';
export const QUOTA = 'paymesh.quota';
export const ROUTER = 'envoy.filters.http.router';
