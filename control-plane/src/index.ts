// For the command and for tests in other workspaces.
export { type BootstrapInput, bootstrapFor } from './bootstrap/index.ts';
export { type CompileResult, compileMesh } from './compiler/index.ts';
export type { AccessIr, MeshIr, RouteIr } from './ir/index.ts';
export { readJwksFiles } from './jwks-files.ts';
export { startControlPlane } from './main.ts';
export { type BuildResult, buildSnapshot, type MeshSnapshot, type NodeSnapshot } from './snapshot/index.ts';
export type { ControlPlaneOptions } from './start-from-folder.ts';
export type { StatusReport } from './status/index.ts';
