export { type MeshSnapshot, type NodeSnapshot, type Resource, type ResourceType, TYPE_URL } from './model.ts';
export { createSnapshotStore, type SnapshotListener, type SnapshotStore } from './store.ts';
