export { createMissingKeys, createMissingSecrets } from './keys.ts';
export { type LocalMesh, type LocalMeshOptions, startLocalMesh } from './local-mesh.ts';
export { createSupervisor, type MeshProcess } from './supervisor.ts';
