export { formatHostPort, type HostPort, parseHostPort } from './host-port.ts';
export { listenError } from './listen-error.ts';
