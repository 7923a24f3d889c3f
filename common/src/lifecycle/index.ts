export { type Running, runService, type ServiceMain } from './run-service.ts';
