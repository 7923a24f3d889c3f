export { type Running, runService, type ServiceMain, type ServiceProcess } from './run-service.ts';
