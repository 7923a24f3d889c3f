export { type ControlPlane, type Following, followControlPlane } from './follow-control-plane.ts';
export type { ServedSet } from './types.ts';
