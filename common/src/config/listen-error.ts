import { formatHostPort, type HostPort } from './host-port.ts';

/** Why a server cannot listen, as one sentence that says what to do. `cause` keeps the system's own error. */
export function listenError(listen: HostPort, cause: Error): Error {
  return new Error(`cannot listen on ${formatHostPort(listen)}: ${reasonOf(cause.message)}`, { cause });
}

function reasonOf(message: string): string {
  if (message.includes('EADDRINUSE')) return 'another program holds the port; end it or choose another port';
  if (message.includes('EACCES')) return 'this user may not bind the port; choose one above 1023';
  if (message.includes('EADDRNOTAVAIL')) return 'this machine does not have the address';
  return message;
}
