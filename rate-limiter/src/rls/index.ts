export { createRlsService } from './service.ts';
