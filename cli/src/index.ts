export { generateFiles } from './dashboards/index.ts';
export { provideEnvoy } from './envoy/index.ts';
export { findHelm, installHelm, renderChart } from './helm/index.ts';
export {
  type LocalMesh,
  type LocalMeshOptions,
  type MeshProcess,
  startLocalMesh,
} from './local-mesh/index.ts';
export { CommandError } from './output/index.ts';
