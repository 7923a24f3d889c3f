export { formatHostPort, type HostPort, parseHostPort } from './host-port.ts';
export { listenError } from './listen-error.ts';
export { type ParsedRedisUrl, parseRedisUrl, REDIS_URL_FORMS, type RedisTarget } from './redis-url.ts';
