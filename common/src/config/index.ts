export { formatHostPort, type HostPort, parseHostPort } from './host-port.ts';
