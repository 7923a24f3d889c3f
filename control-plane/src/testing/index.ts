export {
  ALL,
  base,
  connect,
  failover,
  instance,
  retry,
  route,
  SAFE,
  service,
  signing,
  target,
} from './documents.ts';
export { type FixtureInput, fixture } from './fixture.ts';
export { expectGolden, type GoldenCase, goldenCases, renderJson } from './golden.ts';
export { jwksFor } from './jwks.ts';
export { cluster, listener, proxy, routeAt } from './lookup.ts';
