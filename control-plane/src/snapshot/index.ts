export { type MeshSnapshot, type NodeSnapshot, type Resource, type ResourceType, TYPE_URL } from './model.ts';
