export {
  type AdminAddress,
  type AdminHandler,
  type AdminOptions,
  type AdminServer,
  startAdminServer,
} from './admin-server.ts';
