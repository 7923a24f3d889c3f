export { type AdminRoutes, adminRoutes } from './routes.ts';
