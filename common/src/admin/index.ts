export {
  type AdminAddress,
  type AdminAnswer,
  type AdminCall,
  type AdminHandler,
  type AdminOptions,
  type AdminServer,
  type GuardedHandler,
  startAdminServer,
} from './admin-server.ts';
