export { type AdminHandler, type AdminOptions, type AdminServer, startAdminServer } from './admin-server.ts';
