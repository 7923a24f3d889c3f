export { type BuildResult, buildSnapshot, createSnapshotBuilder } from './build.ts';
export { type MeshSnapshot, type NodeSnapshot, type Resource, type ResourceType, TYPE_URL } from './model.ts';
export { snapshotFor } from './snapshot-for.ts';
export { createSnapshotStore, type SnapshotListener, type SnapshotStore } from './store.ts';
export { snapshotToJson } from './to-json.ts';
export { formatViolation, type SnapshotViolation } from './violation.ts';
