export { type Jwks, MAX_JWKS_BYTES, type ParsedJwks, type PublicJwk, parseJwks } from './parse-jwks.ts';
