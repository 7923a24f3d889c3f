export { effectiveRoutes } from './effective-routes.ts';
export { renderEffective } from './render.ts';
