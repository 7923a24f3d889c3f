export { type JsonServer, startJsonServer } from './json-server.ts';
