export { provideEnvoy } from './envoy/index.ts';
export { findHelm, renderChart, type Size } from './helm/index.ts';
export {
  type LocalMesh,
  type LocalMeshOptions,
  type MeshProcess,
  startLocalMesh,
} from './local-mesh/index.ts';
export { CommandError } from './output/index.ts';
