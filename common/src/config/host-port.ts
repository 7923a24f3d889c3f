/** Where a server listens or a client connects. */
export interface HostPort {
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
}

const MAX_PORT = 65_535;

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (loopback).
 * Throws an Error that says what was expected.
 */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > MAX_PORT) {
    throw new Error(
      `expected HOST:PORT with a port from 0 to ${MAX_PORT}, such as 127.0.0.1:9001; got "${text}"`,
    );
  }
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}

/** The inverse of parseHostPort. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
