export { type Answer, type CallOptions, call } from './call.ts';
export { type RunningEnvoy, validateBootstrap } from './envoy.ts';
export { clusterOf, meshOf, type RouteInput, retryOf, routeOf, SAFE } from './ir.ts';
export { ALLOW, allowWith, deny, type PolicyServices, startPolicyServices } from './policy-services.ts';
export { runMesh } from './run-mesh.ts';
export { snapshotsOf, staticBootstrap } from './static-bootstrap.ts';
export { type Behaviour, type SeenRequest, startUpstream, type Upstream } from './upstream.ts';
