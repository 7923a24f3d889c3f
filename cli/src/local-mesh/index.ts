export { type LocalMesh, type LocalMeshOptions, startLocalMesh } from './local-mesh.ts';
export type { MeshProcess } from './supervisor.ts';
