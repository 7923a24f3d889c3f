export {
  type LocalMesh,
  type LocalMeshOptions,
  type MeshProcess,
  startLocalMesh,
} from './local-mesh/index.ts';
