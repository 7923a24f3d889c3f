export { type Ask, createRlsClient, type RlsClient } from './rls-client.ts';
