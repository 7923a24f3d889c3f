export { type Check, type CheckServiceOptions, checkService, createCheck } from './check-service.ts';
