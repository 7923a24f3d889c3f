export { type Check, type CheckServiceOptions, checkService, createCheck } from './check-service.ts';
export { type Captured, readCaptured } from './read-captured.ts';
