export { createJsonAnswer, type JsonAnswer } from './json-answer.ts';
export { createRlsService } from './service.ts';
